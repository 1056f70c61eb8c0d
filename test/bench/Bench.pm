# Bench.pm: what the benchmarks share: sessions, clocks, medians and rows.
#
# A session is a psql that stays; what it prints comes back as text, and an
# error of the server ends the benchmark.  PG* says where the server is.
package Bench;
use strict;
use warnings;
use Exporter 'import';
use IPC::Open2;
use Time::HiRes qw(time);

our @EXPORT = qw(session database drop_database median seconds ms us row);

STDOUT->autoflush(1);

sub session
{
	my ($database) = @_;
	my $self = bless {}, 'Bench';
	$self->{pid} = open2($self->{out}, $self->{in}, 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $database // 'postgres');
	return $self;
}

# Starts a statement without waiting for its end.
sub send_query
{
	my ($self, $sql) = @_;
	print { $self->{in} } "$sql\n;\n\\echo -- end --\n";
	$self->{in}->flush;
	return;
}

sub receive
{
	my ($self) = @_;
	my $text = '';
	while (defined(my $line = readline $self->{out}))
	{
		if ($line eq "-- end --\n") { chomp $text; return $text; }
		$text .= $line;
	}
	die "a session has ended\n";
}

sub query
{
	my ($self, $sql) = @_;
	$self->send_query($sql);
	return $self->receive;
}

sub finish
{
	my ($self) = @_;
	close $self->{in};
	close $self->{out};
	waitpid $self->{pid}, 0;
	return;
}

# A fresh database with the extension, whose catalogs nobody has bloated yet.
sub database
{
	my ($name) = @_;
	my $admin = session();
	$admin->query("CREATE DATABASE $name");
	$admin->finish;
	my $session = session($name);
	$session->query('CREATE EXTENSION pg_mosaic');
	return $session;
}

sub drop_database
{
	my ($name) = @_;
	my $admin = session();
	$admin->query("DROP DATABASE $name WITH (FORCE)");
	$admin->finish;
	return;
}

# Wall time of a piece of work.
sub seconds
{
	my ($work) = @_;
	my $begun = time;
	$work->();
	return time - $begun;
}

sub median
{
	my @sorted = sort { $a <=> $b } @_;
	my $middle = int(@sorted / 2);
	return @sorted % 2 ? $sorted[$middle] : ($sorted[ $middle - 1 ] + $sorted[$middle]) / 2;
}

# Three digits, in the unit that is asked for.
sub digits { my ($n) = @_; return sprintf $n < 0.1 ? '%.3f' : $n < 10 ? '%.2f' : $n < 100 ? '%.1f' : '%.0f', $n }
sub ms { return digits($_[0] * 1e3) . ' ms' }
sub us { return digits($_[0] * 1e6) . ' us' }

sub row
{
	my ($what, $figure, $compared, $ratio, $goal, $met) = @_;
	print join("\t", $what, $figure, $compared, $ratio, $goal, $met ? 'ok' : 'missed'), "\n";
	return;
}

1;
