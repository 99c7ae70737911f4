// The clients of both workers, made when they are first needed. The packages lie beside the page.
let verifier = null;
let prover = null;

async function verifierOf() {
  const { createVerifier } = await import(new URL("./verifier/index.js", document.baseURI).href);
  return (verifier ??= createVerifier());
}

async function proverOf() {
  const { createProver } = await import(new URL("./prover/client.js", document.baseURI).href);
  return (prover ??= createProver());
}

export const verifyBlock = async (proof, allowTestParams) =>
  (await verifierOf()).verifyBlock(proof, { allowTestParams, anyChain: true });

export const verifyRun = async (proof, key, allowTestParams) =>
  (await verifierOf()).verifyRun(proof, key, { allowTestParams });

export const prove = async (shard, logCells, anyProgram, hear) => (await proverOf()).prove(shard, { logCells, anyProgram, hear });

export const cancelProof = () => prover?.cancel();
