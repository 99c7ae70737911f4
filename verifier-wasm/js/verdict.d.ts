/** What the caller can choose. */
export interface Options {
  /** Accept the small size classes that exist for tests. False unless given. */
  allowTestParams?: boolean;
  /** Accept blocks of chains that are no public network. False unless given. */
  anyChain?: boolean;
}

/** A proof that is refused, and why. */
export interface Refused {
  ok: false;
  reason: string;
  /** Milliseconds that the verdict took. */
  ms: number;
}

/** Security of an accepted proof. */
export interface Security {
  /** Bits per shard, rounded down. */
  bits: number;
  /** Regime of the proximity argument. */
  regime: string;
}

/** What an accepted proof of a block says: the block is valid. */
export interface BlockAccepted extends Security {
  ok: true;
  ms: number;
  number: bigint;
  /** `0x` and 64 hexadecimal digits. */
  hash: string;
  parentHash: string;
  /** Seconds since 1970. */
  timestamp: bigint;
  chainId: bigint;
  /** Name of the public network; absent for another chain, of which nobody says which rules are due. */
  network?: string;
  /** The rules under which the block was judged. */
  fork: string;
  /** Digest of the validator's key, in hexadecimal digits: the one that is compiled in. */
  program: string;
  shards: number;
  logCells: number;
}

/** What an accepted proof of a run says. */
export interface RunAccepted extends Security {
  ok: true;
  ms: number;
  exitCode: bigint;
  output: Uint8Array;
  /** Digest of the program's key, in hexadecimal digits: which program it was. */
  program: string;
  /** Digest of the input that the run read, in hexadecimal digits. */
  input: string;
  shards: number;
  /** Shards commit to at most 2^logCells cells. */
  logCells: number;
}

/** What an accepted proof of a shard says. Roots are in hexadecimal digits. */
export interface ShardAccepted extends Security {
  ok: true;
  ms: number;
  programRoot: string;
  rootIn: string;
  pcIn: number;
  rootOut: string;
  pcOut: number;
  logCells: number;
}

export type BlockVerdict = BlockAccepted | Refused;
export type RunVerdict = RunAccepted | Refused;
export type ShardVerdict = ShardAccepted | Refused;
