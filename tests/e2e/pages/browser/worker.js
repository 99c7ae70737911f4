// A wasm module with one function: the four lanes of i32x4.splat(a) + i32x4(1, 2, 3, 4), added up, which is 4a + 10.
// prettier-ignore
const MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0,
  1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f, // type: (i32) -> i32
  3, 2, 1, 0,
  7, 5, 1, 1, 0x66, 0, 0, // export "f"
  10, 56, 1, 54, 1, 1, 0x7b, // one local v128
  0x20, 0, 0xfd, 0x11, // local.get 0, i32x4.splat
  0xfd, 0x0c, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, // v128.const
  0xfd, 0xae, 0x01, 0x21, 1, // i32x4.add, local.set 1
  0x20, 1, 0xfd, 0x1b, 0, 0x20, 1, 0xfd, 0x1b, 1, 0x6a,
  0x20, 1, 0xfd, 0x1b, 2, 0x6a, 0x20, 1, 0xfd, 0x1b, 3, 0x6a,
  0x0b,
]);

const simd = WebAssembly.validate(MODULE);
const { instance } = await WebAssembly.instantiate(MODULE);
postMessage({ simd, sum: instance.exports.f(0) });
