// wakeup.cpp: what a transaction asks of the background processes.
#include "pg/wakeup.hpp"

namespace pg {

namespace {

constinit errand_receiver receiver = nullptr;
constinit bool asked[2] = {false, false};
constinit bool registered = false;

void at_end_of_transaction(XactEvent event, void *)
{
	if (event == XACT_EVENT_COMMIT)
	{
		for (const errand what : {errand::maintenance, errand::ticker})
			if (asked[static_cast<int>(what)])
				receiver(what);
	}
	else if (event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE)
		return;
	asked[0] = asked[1] = false;
}

} // namespace

void ask_on_commit(errand what)
{
	if (receiver == nullptr)
		return;
	if (!registered)
	{
		call([] { RegisterXactCallback(at_end_of_transaction, nullptr); });
		registered = true;
	}
	asked[static_cast<int>(what)] = true;
}

void answer_errands(errand_receiver answer)
{
	receiver = answer;
}

} // namespace pg
