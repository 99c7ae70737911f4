/** What the caller can choose. */
export interface Options {
  /** Accept the small size classes that exist for tests. False unless given. */
  allowTestParams?: boolean;
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

export type RunVerdict = RunAccepted | Refused;
export type ShardVerdict = ShardAccepted | Refused;
