#!/usr/bin/perl
# Writes a small MaxMind database of countries: write_countries.pl FILE [4|6]
use strict;
use warnings;
use MaxMind::DB::Writer::Tree;

my ($file, $version) = @ARGV;
my %types = (country => 'map', registered_country => 'map', iso_code => 'utf8_string', names => 'map',
             en => 'utf8_string', geoname_id => 'uint32');
my $tree = MaxMind::DB::Writer::Tree->new(
  ip_version => $version // 6, record_size => 24, database_type => 'Test-Country', languages => ['en'],
  description => { en => 'countries for tests' }, map_key_type_callback => sub { $types{ $_[0] } },
  remove_reserved_networks => 0);

my %countries = ('2.0.0.0/16' => 'DE', '2.1.0.0/16' => 'FR', '3.0.0.0/8' => 'US', '5.0.0.0/24' => 'GB',
                 '6.1.0.0/16' => 'RE', '2001:db8:1::/48' => 'JP', '2001:db8:2::/48' => 'AT');
for my $network (sort keys %countries) {
  next if ($version // 6) == 4 && $network =~ /:/;
  my $country = { iso_code => $countries{$network}, geoname_id => 1, names => { en => "land $countries{$network}" } };
  $tree->insert_network($network, { country => $country });
}
# Known only by where it is registered; and a record that names no country.
$tree->insert_network('7.0.0.0/24', { registered_country => { iso_code => 'CH' } });
$tree->insert_network('8.0.0.0/24', { country => { geoname_id => 2 } });

open my $out, '>:raw', $file or die "$file: $!";
$tree->write_tree($out);
close $out or die "$file: $!";
