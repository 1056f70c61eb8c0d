// transaction_events.cpp: being told how transactions go on.
#include "pg/transaction_events.hpp"

namespace pg {

namespace {

const transaction_listener &listener_of(void *argument)
{
	return *static_cast<const transaction_listener *>(argument);
}

void call_if_set(void (*callback)())
{
	if (callback != nullptr)
		boundary([callback] { callback(); });
}

extern "C" void on_transaction_event(XactEvent event, void *argument)
{
	const transaction_listener &listener = listener_of(argument);
	switch (event)
	{
	case XACT_EVENT_PRE_COMMIT:
		call_if_set(listener.before_commit);
		break;
	case XACT_EVENT_PRE_PREPARE:
		call_if_set(listener.before_prepare);
		break;
	case XACT_EVENT_COMMIT:
	case XACT_EVENT_ABORT:
	case XACT_EVENT_PREPARE:
		if (listener.ended != nullptr)
			listener.ended(event == XACT_EVENT_COMMIT);
		break;
	default: // parallel workers write no tables
		break;
	}
}

extern "C" void on_subtransaction_event(SubXactEvent event, SubTransactionId, SubTransactionId, void *argument)
{
	const transaction_listener &listener = listener_of(argument);
	const int level = GetCurrentTransactionNestLevel();
	if (event == SUBXACT_EVENT_COMMIT_SUB && listener.subtransaction_released != nullptr)
		listener.subtransaction_released(level);
	if (event == SUBXACT_EVENT_ABORT_SUB && listener.subtransaction_rolled_back != nullptr)
		listener.subtransaction_rolled_back(level);
}

} // namespace

void listen_to_transactions(const transaction_listener &listener)
{
	void *argument = const_cast<transaction_listener *>(&listener);
	call([=] {
		RegisterXactCallback(on_transaction_event, argument);
		RegisterSubXactCallback(on_subtransaction_event, argument);
	});
}

} // namespace pg
