// A local development chain with real signed transactions, for `make run` where no block files are given.
//
//   node devchain.mjs [--now] [--every SECONDS]
//
// Starts anvil on a free port and prints one line of JSON, {"rpc": URL}. With --now there is a block then, with transfers,
// token transfers and calls of precompiles, of each as many as accounts; after SIGUSR1 there is another one every few seconds (12 without --every), until
// SIGTERM.
//
// The chain runs by Cancun's rules: that is the newest fork whose blocks anvil makes as a consensus client would. It leaves
// out the system calls of Prague and later, so that their blocks have another state root than a validator computes.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const argument = (name, otherwise) => {
  const place = process.argv.indexOf(name);
  return place < 0 ? otherwise : process.argv[place + 1];
};
const every = 1000 * Number(argument("--every", 12));

/** Accounts with ether. Each sends ten transactions in a block: with ten of them the validator takes more than five million steps. */
const ACCOUNTS = 10;
/** The order of the field of secp256k1, as a modulus. */
const P = 2n ** 256n - 2n ** 32n - 977n;

const anvil = spawn(process.env.ANVIL ?? "anvil", ["--port", "0", "--hardfork", "cancun", "--no-mining", "--accounts", String(ACCOUNTS)], {
  stdio: ["ignore", "pipe", "inherit"],
});
let over = false;
const end = () => {
  over = true;
  anvil.kill("SIGTERM");
};
process.on("SIGTERM", end);
process.on("SIGINT", end);
anvil.on("error", (error) => {
  console.error(`devchain: anvil does not start: ${error.message}`);
  process.exit(1);
});
anvil.on("exit", (code) => process.exit(over ? 0 : (code ?? 1)));

/** The port, which anvil prints once it listens. */
const rpc = await new Promise((resolve) => {
  createInterface({ input: anvil.stdout }).on("line", (line) => {
    const address = /^Listening on (\S+)$/.exec(line.trim());
    if (address) resolve(`http://${address[1]}`);
  });
});

async function call(method, ...params) {
  const request = { jsonrpc: "2.0", id: 1, method, params };
  const headers = { "content-type": "application/json" };
  const { result, error } = await (await fetch(rpc, { method: "POST", headers, body: JSON.stringify(request) })).json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

// --- the token ----------------------------------------------------------------------------------------------------

const OPCODES = {
  ADD: "01", SUB: "03", LT: "10", EQ: "14", SHR: "1c", KECCAK256: "20", CALLER: "33", CALLDATALOAD: "35", CODECOPY: "39",
  MSTORE: "52", SLOAD: "54", SSTORE: "55", JUMPI: "57", JUMPDEST: "5b", PUSH0: "5f", DUP1: "80", DUP2: "81", DUP3: "82",
  SWAP1: "90", SWAP2: "91", LOG3: "a3", RETURN: "f3", REVERT: "fd",
};

/** Assembles words: opcodes, constants in hexadecimal, `name:` for a place to jump to, `@name` to push it. */
function assemble(text) {
  const places = {};
  const jumps = [];
  let code = "";
  for (const word of text.trim().split(/\s+/)) {
    if (word.endsWith(":")) {
      places[word.slice(0, -1)] = (code.length / 2).toString(16).padStart(2, "0");
      code += OPCODES.JUMPDEST;
    } else if (word.startsWith("@")) {
      code += "6000";
      jumps.push([code.length - 2, word.slice(1)]);
    } else {
      code += OPCODES[word] ?? (0x5f + word.length / 2).toString(16) + word;
    }
  }
  for (const [at, name] of jumps) code = code.slice(0, at) + places[name] + code.slice(at + 2);
  return code;
}

/** Balances lie where Solidity would keep a mapping in slot 0. */
const BALANCE_SLOT = "PUSH0 MSTORE 40 PUSH0 KECCAK256";
/** keccak256("Transfer(address,address,uint256)") */
const TRANSFER_EVENT = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
/** The first four bytes of keccak256("transfer(address,uint256)") */
const TRANSFER = "a9059cbb";

const token = assemble(`
  PUSH0 CALLDATALOAD e0 SHR ${TRANSFER} EQ @transfer JUMPI PUSH0 PUSH0 REVERT
  transfer:
    CALLER ${BALANCE_SLOT} DUP1 SLOAD 24 CALLDATALOAD
    DUP1 DUP3 LT @poor JUMPI
    SWAP1 DUP2 SWAP1 SUB SWAP2 SWAP1 SWAP2 SWAP1 SSTORE
    04 CALLDATALOAD ${BALANCE_SLOT} DUP1 SLOAD DUP3 ADD SWAP1 SSTORE
    PUSH0 MSTORE 04 CALLDATALOAD CALLER ${TRANSFER_EVENT} 20 PUSH0 LOG3
    01 PUSH0 MSTORE 20 PUSH0 RETURN
  poor:
    PUSH0 PUSH0 REVERT`);

/** Gives its creator 10^24 units, then leaves the token's code behind. */
function creation() {
  const start = `d3c21bcecceda1000000 CALLER ${BALANCE_SLOT} SSTORE`;
  const length = (token.length / 2).toString(16).padStart(2, "0");
  const copy = (offset) => assemble(`${start} ${length} DUP1 ${offset} PUSH0 CODECOPY PUSH0 RETURN`);
  return copy((copy("00").length / 2).toString(16).padStart(2, "0")) + token;
}

const word = (hex) => hex.replace(/^0x/, "").padStart(64, "0");
const number = (n) => word(BigInt(n).toString(16));

// --- transactions --------------------------------------------------------------------------------------------------

// Anvil mines blocks of the same second, which no validator accepts.
await call("anvil_setBlockTimestampInterval", 12);
const accounts = await call("eth_accounts");
// With a limit that is enough for all of them: anvil's own estimate does not know what the block's earlier transactions do.
const GAS = "0x186a0";
const send = (from, to, data, value = "0x0") =>
  call("eth_sendTransaction", { from: accounts[from], to, data: `0x${data}`, value, gas: GAS });
const precompile = (n) => `0x${number(n).slice(24)}`;

const transfer = (token, from, to, amount) => send(from, token, TRANSFER + word(accounts[to]) + number(amount));

/** Makes the token, and gives everybody some of it, in blocks of their own; returns its address. */
async function deploy() {
  const created = await call("eth_sendTransaction", { from: accounts[0], data: `0x${creation()}` });
  await call("evm_mine");
  const receipt = await call("eth_getTransactionReceipt", created);
  if (receipt.status !== "0x1") throw new Error("the token was not created");
  const token = receipt.contractAddress;
  for (let to = 1; to < ACCOUNTS; to++) await transfer(token, 0, to, 1000 + to);
  await call("evm_mine");
  return token;
}

let blocks = 0;
let address = null;
/** Mines a block; nobody's balance falls to zero, so no trie node goes. */
async function mine() {
  const round = ++blocks;
  address ??= await deploy();
  for (let from = 0; from < ACCOUNTS; from++) {
    await transfer(address, from, (from + 1) % ACCOUNTS, round);
    await send(from, accounts[(from + 1) % ACCOUNTS], "", "0x2386f26fc10000");
    await send(from, fresh(round, from), "", "0x1000");
  }
  for (let from = 0; from < ACCOUNTS; from++) {
    for (const [place, input] of await calls(from, round)) {
      // With a wei: anvil keeps an empty account for a precompile that is called without, and no other client does.
      await send(from, precompile(place), input, "0x1");
    }
  }
  await call("evm_mine");
  const block = await call("eth_getBlockByNumber", "latest", false);
  if (block.transactions.length !== 10 * ACCOUNTS) throw new Error(`a block of ${block.transactions.length} transactions`);
  for (const hash of block.transactions) {
    const { status } = await call("eth_getTransactionReceipt", hash);
    if (status !== "0x1") throw new Error(`transaction ${hash} failed`);
  }
}

/** An address that nobody has, another one in each block. */
const fresh = (round, from) => `0x${number((BigInt(round) << 64n) + (1n << 32n) + BigInt(from)).slice(24)}`;

/** The precompiles that an account calls in a block, each with its input; all inputs of a block differ. */
async function calls(from, round) {
  const seed = 1000 * round + from;
  const signed = await call("eth_sign", accounts[from], `0x${number(seed)}`);
  const [r, s, v] = [signed.slice(2, 66), signed.slice(66, 130), signed.slice(130, 132)];
  const digest = await call("web3_sha3", `0x${Buffer.from(`\x19Ethereum Signed Message:\n32`).toString("hex")}${number(seed)}`);
  return [
    [1, word(digest) + word(v) + r + s], // ecrecover
    [2, number(seed).repeat(4)], // sha256
    [3, number(seed)], // ripemd160
    [4, number(seed).repeat(8)], // identity
    [5, [32, 32, 32, seed, 65537, P].map(number).join("")], // modexp
    [6, [1, 2, 1, 2].map(number).join("")], // bn254: addition
    [7, [1, 2, seed].map(number).join("")], // bn254: multiple
  ];
}

let busy = Promise.resolve();
const mineSoon = () => (busy = busy.then(mine).catch((error) => over || console.error(`devchain: ${error.message}`)));
process.on("SIGUSR1", () => setInterval(mineSoon, every));
if (process.argv.includes("--now")) await mineSoon();
console.log(JSON.stringify({ rpc }));
