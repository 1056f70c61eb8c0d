# Clients that compute a key's shard from an exported map answer as the server
# does, on ten thousand keys of each strategy.  A client whose runtime is not
# installed is skipped, and the test says so.
use strict;
use warnings;

use File::Basename qw(dirname);
use File::Spec;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $examples = File::Spec->rel2abs(dirname(__FILE__) . '/../../examples');
my $work = PostgreSQL::Test::Utils::tempdir;

sub installed
{
	my ($program) = @_;
	return grep { -x "$_/$program" } File::Spec->path;
}

my %clients = (
	Python => [ 'python3', "python3 $examples/python/mosaic_shards.py" ],
	JavaScript => [ 'node', "node $examples/javascript/mosaic_shards.mjs" ],
	Go => [ 'go', "$work/route" ],);

if (installed('go'))
{
	local $ENV{GOCACHE} = "$work/gocache";
	local $ENV{GOFLAGS} = '-mod=mod';
	is(system("cd $examples/go && go build -buildvcs=false -o $work/route ./route"), 0, 'the Go client builds');
}

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	SELECT setseed(0.7);
	CREATE TABLE keys AS SELECT n, (('x' || md5(random()::text))::bit(64))::bigint >> (random() * 40)::int AS bigint,
		left(repeat(md5(random()::text), 2), (random() * 50)::int) || chr(200 + (random() * 5000)::int) || CASE WHEN n % 7 = 0 THEN '{' || n % 10 || '}x' ELSE '' END AS text,
		md5(random()::text)::uuid AS uuid
	FROM generate_series(1, 10000) n;
	SELECT mosaic.shard_map_create('slots_bigint', shards => 5), mosaic.shard_map_create('slots_text', 'slots', 'text', 5, 4096),
		mosaic.shard_map_create('slots_uuid', 'slots', 'uuid', 5, 16), mosaic.shard_map_create('md5_slots_text', 'slots', 'text', 5, 1024, 'md5'),
		mosaic.shard_map_create('sha256_slots_uuid', 'slots', 'uuid', 5, 1024, 'sha256'), mosaic.shard_map_create('crc16_slots_text', 'slots', 'text', 5, 16384, 'crc16'),
		mosaic.shard_map_create('md5_slots_bigint', 'slots', 'bigint', 5, 1024, 'md5'), mosaic.shard_map_create('modulo_bigint', 'modulo', shards => 7),
		mosaic.shard_map_create('jump_bigint', 'jump', shards => 100), mosaic.shard_map_create('md5_text', 'md5', 'text', 7), mosaic.shard_map_create('md5_uuid', 'md5', 'uuid', 7),
		mosaic.shard_map_create('sha256_uuid', 'sha256', 'uuid', 7), mosaic.shard_map_create('sha256_bigint', 'sha256', 'bigint', 7),
		mosaic.shard_map_create('rendezvous_text', 'rendezvous', 'text', 7), mosaic.shard_map_create('rendezvous_uuid', 'rendezvous', 'uuid', 7),
		mosaic.shard_map_create('range_bigint', 'range', 'bigint', 4, default_shard => 3), mosaic.shard_map_create('range_text', 'range', 'text', 3),
		mosaic.shard_map_create('range_uuid', 'range', 'uuid', 3), mosaic.shard_map_create('list_text', 'list', 'text', 3, default_shard => 2),
		mosaic.shard_map_create('list_bigint', 'list', 'bigint', 3, default_shard => 2);
	SELECT mosaic.shard_assign_slots('slots_bigint', 4, int4multirange(int4range(3, 9), int4range(610, 615)));
	SELECT mosaic.shard_set_weight('rendezvous_text', 2, 5), mosaic.shard_drain('rendezvous_text', 3);
	SELECT mosaic.shard_assign_range('range_bigint', 0, '-1000', '1000000'), mosaic.shard_assign_range('range_bigint', 1, '1000000', '9223372036854775807'),
		mosaic.shard_assign_range('range_bigint', 2, NULL, '-5000000000'), mosaic.shard_assign_range('range_text', 0, NULL, '8'),
		mosaic.shard_assign_range('range_text', 1, '8', 'é'), mosaic.shard_assign_range('range_text', 2, 'é', NULL),
		mosaic.shard_assign_range('range_uuid', 0, NULL, '55555555-0000-0000-0000-000000000000'),
		mosaic.shard_assign_range('range_uuid', 1, '55555555-0000-0000-0000-000000000000', NULL);
	SELECT mosaic.shard_assign_keys('list_text', 0, array_agg(text) FILTER (WHERE n % 3 = 0)), mosaic.shard_assign_keys('list_text', 1, array_agg(text) FILTER (WHERE n % 3 = 1)),
		mosaic.shard_assign_keys('list_bigint', 1, array_agg(bigint::text) FILTER (WHERE n % 2 = 0)) FROM keys WHERE n <= 2000;
});

for my $map (split /\n/, $node->safe_psql('postgres', 'SELECT map FROM mosaic.shard_map ORDER BY map'))
{
	my ($type) = $map =~ /_([a-z]+)$/;
	append_to_file("$work/$map.json", $node->safe_psql('postgres', "SELECT mosaic.shard_map_export('$map')"));
	append_to_file("$work/$map.keys", $node->safe_psql('postgres', "SELECT $type FROM keys ORDER BY n") . "\n");
	my $server = $node->safe_psql('postgres', "SELECT mosaic.shard_for('$map', $type) FROM keys ORDER BY n");
	cmp_ok(scalar(split /\n/, $server), '==', 10000, "$map: the server answers");

	for my $client (sort keys %clients)
	{
		my ($runtime, $command) = @{ $clients{$client} };
	  SKIP:
		{
			skip "no $runtime", 1 unless installed($runtime);
			my $answer = `$command $work/$map.json < $work/$map.keys`;
			chomp $answer;
			ok($answer eq $server, "$map: $client agrees with the server");
		}
	}
}

# An exported map says what a client must ask the server for.
for my $client (grep { installed($clients{$_}[0]) } sort keys %clients)
{
	$node->safe_psql('postgres', "SELECT mosaic.shard_map_create('directory_bigint', 'directory', shards => 1)") if !-e "$work/directory.json";
	append_to_file("$work/directory.json", $node->safe_psql('postgres', "SELECT mosaic.shard_map_export('directory_bigint')")) if !-e "$work/directory.json";
	isnt(system("echo 1 | $clients{$client}[1] $work/directory.json >/dev/null 2>&1"), 0, "$client does not guess for a directory");
}

$node->stop;
done_testing();
