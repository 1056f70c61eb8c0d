# The vectors that clients are tested by are this server's answers, whatever
# its version.
use strict;
use warnings;

use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $vectors = dirname(__FILE__) . '/../vectors';
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION pg_mosaic');

local $ENV{PGHOST} = $node->host;
local $ENV{PGPORT} = $node->port;
local $ENV{PGDATABASE} = 'postgres';
my ($out, $err) = run_command([ "$vectors/generate" ]);
is($err, '', 'the vectors are generated');
chomp(my $kept = slurp_file("$vectors/shards.tsv"));
cmp_ok(scalar(split /\n/, $kept), '>', 3000, 'there are thousands of them');
ok($out eq $kept, 'and they are the ones that are kept');

$node->stop;
done_testing();
