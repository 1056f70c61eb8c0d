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

protected:
	~transaction_driver() = default;
};

// For a background worker: between transactions there is none.
class worker_transactions final : public transaction_driver {
public:
	void begin() override;
	void commit() override;
	void rollback() override;
	bool at_top_level() const override { return true; }
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

	void begin() override {}
	void commit() override;
	void rollback() override;
	bool at_top_level() const override { return false; }

private:
	unwinding unwinding_;
};

} // namespace pg
