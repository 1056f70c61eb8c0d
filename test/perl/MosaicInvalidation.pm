# MosaicInvalidation: what the tests of cache invalidation share.
package MosaicInvalidation;

use strict;
use warnings;
use Exporter 'import';
use FindBin;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(start_node listen_on collect_until collect_for keys_of all_of tick_until_quiet ticker_pid try_until build_module);

# A node with the extension in database postgres; preloaded unless told not to.
sub start_node
{
	my ($name, %settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(allows_streaming => 1);
	my %all = (shared_preload_libraries => 'pg_mosaic', max_prepared_transactions => 10, max_connections => 60, log_statement => 'none', 'mosaic.naptime' => '1s',
		restart_after_crash => 'on', %settings);
	$node->append_conf('postgresql.conf', "$_ = '$all{$_}'") for sort keys %all;
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION pg_mosaic');
	return $node;
}

# A session that listens.
sub listen_on
{
	my ($node, $channel, %options) = @_;
	$channel //= 'cache_invalidation';
	my $session = $node->background_psql($options{database} // 'postgres', on_error_stop => 0);
	$session->query_safe("SET client_encoding = $options{encoding}") if $options{encoding};
	$session->query_safe("LISTEN \"$channel\"");
	return $session;
}

# psql tells of notifications after each command.
sub take
{
	my ($session) = @_;
	my @payloads;
	my $said = $session->query('SELECT 1');
	push @payloads, {channel => $1, payload => $2, pid => $3}
		while $said =~ /^Asynchronous notification "(.*?)" with payload "(.*)" received from server process with PID (\d+)\.$/mg;
	$_->{json} = eval { decode_json($_->{payload}) } for @payloads;
	return @payloads;
}

# Long enough for a busy machine, and shorter than a background psql lives.
my $patience = 60;

# Notifications until the test is content with them, or time is up.
sub collect_until
{
	my ($session, $enough) = @_;
	my @all;
	my $end = time() + $patience;
	while (time() < $end)
	{
		push @all, take($session);
		return @all if $enough->(@all);
		sleep 0.02;
	}
	diag('heard: ' . join "\n", map { $_->{payload} } @all);
	return @all;
}

# What comes within some seconds, for what must not come.
sub collect_for
{
	my ($session, $seconds) = @_;
	my $end = time() + $seconds;
	my @all;
	do { push @all, take($session); sleep 0.02 } while time() < $end;
	return @all;
}

# Sorted keys, and tables reported whole, of a list of notifications.
sub keys_of { return join ' ', sort map { map { @{ $_->{k} // [] } } @{ $_->{json}{c} // [] } } @_ }
sub all_of { return join ' ', sort map { map { $_->{all} ? "$_->{r}:$_->{why}" : () } @{ $_->{json}{c} // [] } } @_ }

sub ticker_pid
{
	my ($node, $database) = @_;
	$database //= 'postgres';
	my $ticker = "FROM pg_stat_activity WHERE backend_type = 'pg_mosaic ticker' AND datname = '$database'";
	$node->poll_query_until('postgres', "SELECT count(*) = 1 $ticker") or die 'there is no ticker';
	return $node->safe_psql('postgres', "SELECT pid $ticker");
}

# Until nothing is left to be told.
sub tick_until_quiet
{
	my ($node, $database) = @_;
	return $node->poll_query_until($database // 'postgres', 'SELECT waiting = 0 FROM mosaic.invalidation_status()');
}

# A C file of test/modules as a library that LOAD takes; its path.
sub build_module
{
	my ($node, $name) = @_;
	my $library = PostgreSQL::Test::Utils::tempdir_short() . "/$name.so";
	my $include = $node->config_data('--includedir-server');
	system_or_bail('cc', '-shared', '-fPIC', '-o', $library, "-I$include", "$FindBin::RealBin/../modules/$name.c");
	return $library;
}

sub try_until
{
	my ($test) = @_;
	my $end = time() + $patience;
	while (time() < $end)
	{
		return 1 if $test->();
		sleep 0.05;
	}
	return 0;
}

1;
