// trigger.hpp: a BEFORE row trigger's view of its row.
#pragma once

#include "pg/spi.hpp"

namespace pg {

class row_trigger {
public:
	// Refuses a call that is not by the trigger manager (39P01).
	explicit row_trigger(FunctionCallInfo fcinfo);

	row new_row() const;
	Datum result() const;

private:
	TriggerData *data_;
};

} // namespace pg
