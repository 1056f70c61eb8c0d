// transaction_events.hpp: being told how transactions go on.
#pragma once

#include "pg/error.hpp"

namespace pg {

// Any of these may be null.  What runs before the end may fail, and then the
// transaction does; what runs after it may not, and gets no chance to.
struct transaction_listener {
	void (*before_commit)();
	void (*before_prepare)();
	void (*ended)(bool committed) noexcept;
	// Nesting level of the subtransaction; its parent's is one less.
	void (*subtransaction_released)(int level) noexcept;
	void (*subtransaction_rolled_back)(int level) noexcept;
};

// For the rest of the session.  The listener is kept by reference.
void listen_to_transactions(const transaction_listener &listener);

} // namespace pg
