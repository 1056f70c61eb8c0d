# Passes begin by themselves: when their time has come, when a set has been
# changed, and when a row found no partition; and they do not while switched
# off.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('passes', 'mosaic.naptime' => '1s');

# When the time has come
make_set($node, 'postgres');
lose_partition($node, 'postgres');
has_partition($node, 'postgres', 'a due partition is made without a call');

# What can be seen of it
my $launcher = launcher_pid($node);
like(`ps -o args= -p $launcher`, qr/pg_mosaic launcher/, 'the process title says whose it is');
ok($node->poll_query_until('postgres', 'SELECT kind, database IS NULL, state FROM mosaic.worker_status', 'launcher|t|idle'),
	'between passes there is only the launcher, in no database');
is($node->safe_psql('postgres', "SELECT passes > 0 AND errors = 0 AND last_error IS NULL FROM mosaic.worker_status WHERE kind = 'launcher'"), 't',
	'which counts passes');
is($node->safe_psql('postgres', 'SELECT * FROM mosaic.health()'), '0|OK - no issues', 'health is well');

# A clock that jumped, seen by a pass that has nothing else to do
$node->safe_psql('postgres', $_) for 'CREATE TABLE moments (at timestamptz) PARTITION BY RANGE (at)',
	q{SELECT count(*) FROM mosaic.create_parent('moments', '1 year', retention => '2 years')},
	q{UPDATE mosaic.retention_guard SET noted_at = noted_at - interval '30 days' WHERE parent = 'moments'::regclass};
my $before = $node->safe_psql('postgres', q{SELECT passes FROM mosaic.worker_status WHERE kind = 'launcher'});
ok($node->poll_query_until('postgres', qq{SELECT passes > $before + 1 FROM mosaic.worker_status WHERE kind = 'launcher'}), 'passes go on after a clock jumped');
is($node->safe_psql('postgres', q{SELECT abs(extract(epoch FROM now() - noted_at)) > 86400 FROM mosaic.retention_guard WHERE parent = 'moments'::regclass}), 't',
	'and do not take it for right');
$node->safe_psql('postgres', $_) for q{SELECT mosaic.drop_parent('moments')}, 'DROP TABLE moments';

hold_passes($node, 'postgres');
lose_partition($node, 'postgres');
my $pass = running_pass($node, 'postgres');
is($node->safe_psql('postgres', "SELECT database, state, since <= now() FROM mosaic.worker_status WHERE kind = 'maintenance' AND pid = $pass"),
	'postgres|running|t', 'worker_status shows the pass');
is($node->safe_psql('postgres', "SELECT activity FROM mosaic.worker_status WHERE pid = $pass"), 'maintaining public.readings', 'and the set it is at');
like(`ps -o args= -p $pass`, qr/pg_mosaic maintenance postgres/, 'the process title names its database');
is($node->safe_psql('postgres', "SELECT setting FROM pg_settings WHERE name = 'mosaic.max_workers'"), '1', 'one pass at a time is the default');

# An end that nobody asked for
release_passes($node, 'postgres');
$node->safe_psql('postgres', "SELECT pg_cancel_backend($pass)");
has_partition($node, 'postgres', 'a pass that was cancelled is taken up again');
is($node->safe_psql('postgres', "SELECT errors, last_error FROM mosaic.worker_status WHERE kind = 'launcher'"), '1|canceling statement due to user request', 'its error is shown');

# Switched off and on
my $set = q{ALTER SYSTEM SET mosaic.};
$node->safe_psql('postgres', $_) for "${set}enabled = off", 'SELECT pg_reload_conf()';
$node->poll_query_until('postgres', q{SELECT current_setting('mosaic.enabled') = 'off'});
is(issue_codes($node, 'postgres'), 'worker_disabled', 'switched off is an issue');
is($node->safe_psql('postgres', 'SELECT status FROM mosaic.health()'), '1', 'and a warning');
launcher_rounds($node);
my $passes = $node->safe_psql('postgres', q{SELECT passes FROM mosaic.worker_status WHERE kind = 'launcher'});
lose_partition($node, 'postgres');
$node->safe_psql('postgres', q{SELECT mosaic.wake_worker()}) for 1 .. 3;
launcher_rounds($node);
is($node->safe_psql('postgres', q{SELECT string_agg(kind || passes, ',') FROM mosaic.worker_status}), "launcher$passes", 'no pass begins while switched off');
is($node->safe_psql('postgres', q{SELECT to_regclass('readings_p40')}), '', 'and no partition is made');
$node->safe_psql('postgres', $_) for "${set}naptime = '1h'", "${set}enabled = on", 'SELECT pg_reload_conf()';
has_partition($node, 'postgres', 'switched on again, it is made');

# When a set is changed; the naps are long from here
$node->safe_psql('postgres', 'UPDATE mosaic.partition_set SET premake = 6');
ok($node->poll_query_until('postgres', q{SELECT to_regclass('readings_p60') IS NOT NULL}), 'a change of a set takes effect at once');
$node->safe_psql('postgres', 'CREATE DATABASE later');
make_set($node, 'later');
lose_partition($node, 'later');
$node->safe_psql('later', 'UPDATE mosaic.partition_set SET premake = 4');
has_partition($node, 'later', 'also in a database that was made after the last look');
$node->psql('later', 'BEGIN; DROP TABLE readings_p40; UPDATE mosaic.partition_set SET premake = 4; ROLLBACK');
is($node->safe_psql('later', q{SELECT to_regclass('readings_p40') IS NOT NULL}), 't', 'and nothing happens where the change is rolled back');

# When a row finds no partition
lose_partition($node, 'postgres');
my ($status, undef, $error) = $node->psql('postgres', 'INSERT INTO readings VALUES (45)');
like($error, qr/no partition of relation "readings" found for row/, 'a row without a partition is refused');
ok($node->poll_query_until('postgres', q{SELECT to_regclass('readings_p40') IS NOT NULL}), 'but its partition is made');
$node->safe_psql('postgres', 'INSERT INTO readings VALUES (45)');
pass('and the second try succeeds');
$passes = $node->safe_psql('postgres', q{SELECT passes FROM mosaic.worker_status WHERE kind = 'launcher'});
$node->psql('postgres', 'INSERT INTO readings VALUES (9999)', on_error_stop => 0) for 1 .. 40;
cmp_ok($node->safe_psql('postgres', q{SELECT passes FROM mosaic.worker_status WHERE kind = 'launcher'}) - $passes,
	'<=', 5, 'rows that no pass can help do not keep passes coming');

# Who may see what
$node->safe_psql('postgres', 'CREATE ROLE nobody_special; CREATE ROLE watcher; GRANT pg_monitor TO watcher');
isnt($node->psql('postgres', 'SET ROLE nobody_special; TABLE mosaic.worker_status'), 0, 'worker_status tells of other databases, so not everybody may read it');
isnt($node->psql('postgres', 'SET ROLE nobody_special; SELECT mosaic.wake_worker()'), 0, 'nor may everybody keep passes running');
is($node->safe_psql('postgres', q{SET ROLE watcher; SELECT count(*) FROM mosaic.worker_status WHERE kind = 'launcher'}), '1', 'pg_monitor may read it');
is($node->safe_psql('postgres', 'SET ROLE nobody_special; SELECT status FROM mosaic.health()'), '0', 'and everybody may ask for health');

# Fast shutdown with a pass at work
hold_passes($node, 'postgres');
lose_partition($node, 'postgres');
$node->safe_psql('postgres', 'SELECT mosaic.wake_worker()');
running_pass($node, 'postgres');
$node->stop('fast');
pass('a fast shutdown does not wait for a pass');
$node->start;
has_partition($node, 'later', 'the other database is as it was');
$node->stop('immediate');

done_testing();
