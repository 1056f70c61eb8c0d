# MosaicServer: a copy of the server's installation that a test may change,
# with other versions of the extension in it.
#
# A server finds its directories by where its own program lies, so a copy of the
# programs beside links to everything else is an installation of its own.
package MosaicServer;

use strict;
use warnings;
use Exporter 'import';
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use Test::More;

our @EXPORT = qw(copy_of_server installed_version add_version set_library_version);

sub config { my ($what) = @_; chomp(my $value = qx(pg_config --$what)); return $value }

# Links everything below a directory; directories themselves are made.
sub link_tree
{
	my ($from, $to) = @_;
	make_path($to);
	system('cp', '-rsL', '--', glob("$from/*"), $to) == 0 or die "cannot link $from";
	return;
}

# Yields the installation's path as PostgreSQL::Test::Cluster takes it; the
# extension's own files are copies and not links.
sub copy_of_server
{
	my ($under) = @_;
	my %dir = map { $_ => config($_) } qw(bindir sharedir pkglibdir);
	make_path(dirname("$under$dir{bindir}"));
	system('cp', '-rL', '--', $dir{bindir}, "$under$dir{bindir}") == 0 or die "cannot copy $dir{bindir}";
	link_tree($dir{sharedir}, "$under$dir{sharedir}");
	link_tree($dir{pkglibdir}, "$under$dir{pkglibdir}") unless -e "$under$dir{pkglibdir}/pg_mosaic.so";
	for my $file (glob("$under$dir{sharedir}/extension/pg_mosaic*"), "$under$dir{pkglibdir}/pg_mosaic.so")
	{
		next unless -l $file;
		my $original = readlink $file;
		unlink $file;
		copy($original, $file) or die "cannot copy $original: $!";
		chmod 0644, $file;
	}
	my $path = dirname("$under$dir{bindir}");
	return { path => $path, extension => "$under$dir{sharedir}/extension", library => "$under$dir{pkglibdir}/pg_mosaic.so" };
}

sub installed_version
{
	my ($server) = @_;
	return slurp("$server->{extension}/pg_mosaic.control") =~ /^default_version = '(.*)'/m ? $1 : die 'no version';
}

# Adds a version whose objects are those of the present one, and the step to it
# that the present script takes: none but the check that ends every script.
sub add_version
{
	my ($server, $from, $version) = @_;
	my $at = "$server->{extension}/pg_mosaic";
	copy("$at--$from.sql", "$at--$version.sql") or die "no script: $!";
	spew("$at--$from--$version.sql", "SELECT mosaic.require_library();\n");
	spew("$at.control", slurp("$at.control") =~ s/^default_version = .*/default_version = '$version'/mr);
	return;
}

# Has the library say that it is another version, of as many characters.
sub set_library_version
{
	my ($server, $from, $version) = @_;
	die "$version is longer or shorter than $from" unless length $from == length $version;
	my $bytes = slurp($server->{library});
	my $places = $bytes =~ s/\Q$from\E\0/$version\0/g;
	die sprintf('the library says its version %d times', $places) unless $places == 1;
	unlink $server->{library};    # running servers keep the file they have
	spew($server->{library}, $bytes);
	return;
}

sub slurp { my ($file) = @_; open my $in, '<:raw', $file or die "$file: $!"; local $/; return scalar <$in> }

sub spew { my ($file, $text) = @_; open my $out, '>:raw', $file or die "$file: $!"; print $out $text; close $out or die "$file: $!"; return }

1;
