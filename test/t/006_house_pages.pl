# What the pages tell people to type works: each block of SQL, in the order of
# its page, in one session over a database of its own.  What a page takes for
# granted stands before the block where readers do not see it:
#   <!-- given: SQL -->           runs before the block, \c and \set as well
#   <!-- fails: 22023 42710 -->   errors that the next block is there to show
# docs/reference.md, whose blocks are signatures, has a test of its own.
#
# needs: contrib
use strict;
use warnings;
use FindBin;
use File::Basename qw(basename);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = "$FindBin::RealBin/../..";
my @pages = grep { basename($_) ne 'reference.md' } grep { -f } ("$top/README.md", sort glob("$top/docs/*.md"));

my $node = PostgreSQL::Test::Cluster->new('reader');
$node->init;
# The directory that the pages name is one of ours, and known before a page
# sets it, for a reload takes its time.
my $archive = PostgreSQL::Test::Utils::tempdir();
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_mosaic'\nmosaic.enabled = off\nmosaic.archive_directory = '$archive'");
$node->start;

# The blocks of a page: where each begins, its SQL, and what it may fail with.
sub blocks_of
{
	my ($page) = @_;
	my $text = slurp_file($page) =~ s{/archive/shop}{$archive}r;
	my (@blocks, $given, $fails);
	while ($text =~ /<!--\s*(given|fails):(.*?)-->|^```sql\n(.*?)^```$/gms)
	{
		if (defined $3)
		{
			push @blocks, { sql => $3, given => $given // '', fails => $fails // '', line => 1 + (substr($text, 0, $-[0]) =~ tr/\n//) };
			($given, $fails) = ();
		}
		elsif ($1 eq 'given') { $given = $2 }
		else { $fails = join ' ', sort split ' ', $2 }
	}
	return @blocks;
}

my $number = 0;
for my $page (@pages)
{
	my @blocks = blocks_of($page) or next;
	my $name = $page =~ s{^\Q$top/}{}r;
	my $database = 'reader' . $number++;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, 'CREATE EXTENSION pg_mosaic') unless $blocks[0]{sql} =~ /^CREATE EXTENSION/m;
	my $script = "\\set VERBOSITY sqlstate\n" . join '', map { "\\warn block $_\n$blocks[$_]{given}\n$blocks[$_]{sql}\n" } 0 .. $#blocks;
	my ($stdout, $stderr) = ('', '');
	$node->psql($database, $script, stdout => \$stdout, stderr => \$stderr, on_error_stop => 0);
	# NOTICEs look like errors where only their SQLSTATE is told.
	my (@errors, $block);
	for my $line (split /\n/, $stderr)
	{
		if ($line =~ /^block (\d+)$/) { $block = $1 }
		elsif ($line =~ /(?:ERROR|FATAL):  (\S+)/) { push @{ $errors[$block] }, $1 }
		elsif ($line =~ /error:/) { push @{ $errors[$block] }, $line }
	}
	is(join(' ', sort @{ $errors[$_] // [] }), $blocks[$_]{fails}, "$name, line $blocks[$_]{line}") for 0 .. $#blocks;
	diag("$stderr\n") if grep { join(' ', sort @{ $errors[$_] // [] }) ne $blocks[$_]{fails} } 0 .. $#blocks;
}

$node->stop;
done_testing();
