import type { BlockVerdict, Options, RunVerdict, ShardVerdict } from "./verifier.js";
export type { BlockAccepted, BlockVerdict, Options, Refused, RunAccepted, RunVerdict, Security, ShardAccepted, ShardVerdict } from "./verifier.js";

export interface Request extends Options {
  /** Gives up: the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
}

export interface Verifier {
  /** Verifies the proof of an Ethereum block against the validator that is compiled in. Never rejects for a bad proof. */
  verifyBlock(proof: Uint8Array, request?: Request): Promise<BlockVerdict>;
  /** Verifies the proof of a run. `key` is the program's key file or its ELF file. Never rejects for a bad proof. */
  verifyRun(proof: Uint8Array, key: Uint8Array, request?: Request): Promise<RunVerdict>;
  /** Verifies the proof of a shard; with a package, also that it proves the shard of this package. */
  verifyShard(proof: Uint8Array, request?: Request & { package?: Uint8Array }): Promise<ShardVerdict>;
  /** Ends the worker. Whatever waits gets a refusal. */
  close(): void;
}

/** A verifier in a worker of its own. `source` is the worker's URL, if it is not beside this file. */
export function createVerifier(options?: { source?: string | URL }): Verifier;
