// transaction.hpp: who begins and ends transactions.
//
// The same pass runs in a background worker, which owns its transactions, and
// in a procedure called by CALL, where SPI does.  Both look the same here.
#pragma once

#include "pg/error.hpp"

namespace pg {

class transaction_driver {
public:
	virtual void begin() = 0;  // a transaction with an active snapshot
	virtual void commit() = 0;
	virtual void rollback() = 0;
	// May a statement run here that spans transactions of its own, such as
	// DETACH PARTITION CONCURRENTLY?
	virtual bool at_top_level() const = 0;
	// May another step begin?  A worker leaves between steps when its database
	// is wanted by somebody else or being restored, or maintenance has been
	// switched off.
	virtual bool goes_on() { return true; }
	// Shown for this process while it works; a session shows its statement.
	virtual void works_on(Oid) {}

protected:
	~transaction_driver() = default;
};

// For a background worker: between transactions there is none, and the memory
// context is the one that was current when the driver was made.  Each
// transaction holds the extension in place; once it has been dropped, begin()
// raises ERRCODE_ADMIN_SHUTDOWN, so that a pass ends as by a shutdown.
class worker_transactions final : public transaction_driver {
public:
	worker_transactions(Oid extension, bool (*may_go_on)(Oid extension))
		: extension_(extension), may_go_on_(may_go_on), home_(CurrentMemoryContext) {}

	void begin() override;
	void commit() override;
	void rollback() override;
	bool at_top_level() const override { return true; }
	bool goes_on() override { return may_go_on_(extension_); }
	void works_on(Oid relation) override;

private:
	Oid extension_;
	bool (*may_go_on_)(Oid);
	MemoryContext home_;
};

// May a procedure commit?  Not where a function or a transaction block called it.
bool may_commit(FunctionCallInfo fcinfo);

// For a procedure in a non-atomic CALL.  There is always a transaction; it is
// the one that ends which is replaced.
class procedure_transactions final : public transaction_driver {
public:
	procedure_transactions();
	~procedure_transactions();
	procedure_transactions(const procedure_transactions &) = delete;
	procedure_transactions &operator=(const procedure_transactions &) = delete;

	void begin() override;
	void commit() override;
	void rollback() override;
	bool at_top_level() const override { return false; }

private:
	unwinding unwinding_;
};

} // namespace pg
