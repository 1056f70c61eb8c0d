// arguments.cpp: the options that create_parent() and create_sub_parent() share.
#include "partition/arguments.hpp"

#include "partition/validate.hpp"

namespace partition {

namespace {

enum option {
	opt_interval,
	opt_premake,
	opt_retention,
	opt_start_at,
	opt_lists,
	opt_modulus,
	opt_key_format,
	opt_time_zone,
	opt_default_partition,
	opt_reference_time,
	opt_auto_lists,
};

} // namespace

set settings_of(const pg::arguments &arguments, int first)
{
	arguments.require(first + opt_premake, "premake");
	arguments.require(first + opt_key_format, "key_format");
	arguments.require(first + opt_default_partition, "default_partition");
	arguments.require(first + opt_auto_lists, "auto_lists");
	set settings;
	settings.interval = arguments.optional_text(first + opt_interval);
	settings.premake = arguments.int4(first + opt_premake);
	settings.retention = arguments.optional_text(first + opt_retention);
	settings.start_at = arguments.optional_text(first + opt_start_at);
	settings.key_format = arguments.text(first + opt_key_format);
	settings.time_zone = arguments.null(first + opt_time_zone) ? pg::session_time_zone() : arguments.text(first + opt_time_zone);
	settings.default_partition = arguments.boolean(first + opt_default_partition);
	if (!arguments.null(first + opt_lists))
		settings.lists = pg::output(JSONBOID, arguments.datum(first + opt_lists));
	settings.auto_lists = arguments.boolean(first + opt_auto_lists);
	if (!arguments.null(first + opt_modulus))
		settings.modulus = arguments.int4(first + opt_modulus);
	return settings;
}

void set_strategy(set &settings, pg::partition_strategy strategy)
{
	settings.strategy = strategy_name(strategy);
	if (strategy == pg::partition_strategy::list)
		settings.name_pattern = list_name_pattern;
}

TimestampTz reference_time_of(const pg::arguments &arguments, int first)
{
	return require_reference_time(arguments, first + opt_reference_time);
}

} // namespace partition
