//! Calls that the protocol makes before and after the transactions.

use crate::{fork::Fork, reason::Reason, state::WitnessState};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use alloy_consensus::Header;
use alloy_eips::{eip2935::HISTORY_STORAGE_ADDRESS, eip4788::BEACON_ROOTS_ADDRESS};
use alloy_primitives::{Address, Bytes};
use revm::{
    Database, ExecuteCommitEvm, MainnetEvm,
    context::{
        ContextSetters, ContextTr, TxEnv,
        result::{EVMError, ExecutionResult},
    },
    database::State,
    database_interface::bal::EvmDatabaseError,
    handler::{Handler, MainnetContext, MainnetHandler, SYSTEM_ADDRESS, SystemCallTx},
};

/// Gas of a system call. The EVM's own default is the larger one that Amsterdam brings.
const GAS: u64 = 30_000_000;

/// The EVM over a witness.
pub type WitnessEvm<'s, 'a> = MainnetEvm<MainnetContext<&'s mut State<WitnessState<'a>>>>;

type DatabaseError = EvmDatabaseError<Reason>;

/// EIP-2935 and EIP-4788: parent hash and parent beacon root go to their contracts. A failing call changes nothing.
pub fn before(evm: &mut WitnessEvm<'_, '_>, fork: Fork, header: &Header) -> Result<(), Reason> {
    if fork >= Fork::Prague {
        call(evm, HISTORY_STORAGE_ADDRESS, header.parent_hash.0.into())?;
    }
    if let Some(root) = header.parent_beacon_block_root {
        call(evm, BEACON_ROOTS_ADDRESS, root.0.into())?;
    }
    Ok(())
}

/// EIP-7002 and EIP-7251: the requests that a contract has queued. The block is invalid if the contract does not exist or
/// the call fails.
pub fn requests(evm: &mut WitnessEvm<'_, '_>, contract: Address) -> Result<Vec<u8>, Reason> {
    let account = evm.ctx.db_mut().basic(contract).map_err(database_reason)?;
    if account.is_none_or(|info| info.is_empty_code_hash()) {
        return Err(Reason::SystemContract(contract));
    }
    match call(evm, contract, Bytes::new())? {
        ExecutionResult::Success { output, .. } => Ok(output.into_data().to_vec()),
        failed => Err(Reason::SystemCall(format!("{contract} ends with {failed:?}"))),
    }
}

fn call(evm: &mut WitnessEvm<'_, '_>, contract: Address, data: Bytes) -> Result<ExecutionResult, Reason> {
    let mut tx = TxEnv::new_system_tx_with_caller(SYSTEM_ADDRESS, contract, data);
    tx.gas_limit = GAS;
    evm.ctx.set_tx(tx);
    let result = MainnetHandler::<_, EVMError<DatabaseError>, _>::default()
        .run_system_call(evm)
        .map_err(|error| reason(error, Reason::SystemCall))?;
    evm.commit_inner();
    Ok(result)
}

/// What the witness lacks is told as such, anything else by `other`.
pub fn reason(error: EVMError<DatabaseError>, other: impl FnOnce(String) -> Reason) -> Reason {
    match error {
        EVMError::Database(EvmDatabaseError::Database(reason)) => reason,
        error => other(error.to_string()),
    }
}

/// As [`reason`], for direct access to the state.
pub fn database_reason(error: DatabaseError) -> Reason {
    match error {
        EvmDatabaseError::Database(reason) => reason,
        error => Reason::SystemCall(error.to_string()),
    }
}
