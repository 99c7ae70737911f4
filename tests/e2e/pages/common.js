// Files that fixtures.sh made.

/** A file's bytes. */
export async function bytes(name) {
  const response = await fetch(`/fixtures/${name}`);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The size classes that there are fixtures for, as log2 of their cells. */
export async function sizes() {
  return (await fetch("/fixtures/sizes.json")).json();
}
