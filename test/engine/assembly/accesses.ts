// An access to memory of each width and kind, for the test of the build that checks them (test/fuzz/checked).

export function load8(p: usize): u32 {
  return load<u8>(p);
}
export function load16(p: usize): u32 {
  return load<u16>(p);
}
export function load32(p: usize): u32 {
  return load<u32>(p);
}
export function load64(p: usize): u32 {
  return <u32>load<u64>(p);
}
export function loadWide32(p: usize): u32 {
  return <u32>load<i32>(p) + <u32>((<u64>load<u32>(p)) >> 1);
}
export function loadFloat(p: usize): u32 {
  return reinterpret<u32>(load<f32>(p));
}
export function loadDouble(p: usize): u32 {
  return <u32>reinterpret<u64>(load<f64>(p));
}
export function loadVector(p: usize): u32 {
  return i32x4.extract_lane(v128.load(p), 0);
}
export function loadHalfVector(p: usize): u32 {
  return i32x4.extract_lane(v128.load_ext<u8>(p), 0);
}
export function loadSplat(p: usize): u32 {
  return i32x4.extract_lane(v128.load_splat<u32>(p), 0);
}
export function loadZero(p: usize): u32 {
  return i32x4.extract_lane(v128.load_zero<u64>(p), 0);
}
export function loadLane(p: usize): u32 {
  return i32x4.extract_lane(v128.load_lane<u16>(p, i32x4.splat(7), 3), 0);
}
/** At p, by an offset of the instruction's own. */
export function loadBehind(p: usize): u32 {
  return load<u32>(p - 1000, 1000);
}

export function store8(p: usize): void {
  store<u8>(p, 1);
}
export function store16(p: usize): void {
  store<u16>(p, 1);
}
export function store32(p: usize): void {
  store<u32>(p, 1);
}
export function store64(p: usize): void {
  store<u64>(p, 1);
}
export function storeNarrow(p: usize): void {
  store<u16>(p, <u64>p);
}
export function storeFloat(p: usize): void {
  store<f32>(p, 1.5);
}
export function storeDouble(p: usize): void {
  store<f64>(p, 1.5);
}
export function storeVector(p: usize): void {
  v128.store(p, i32x4.splat(7));
}
export function storeLane(p: usize): void {
  v128.store_lane<u64>(p, i32x4.splat(7), 1);
}
export function fill(p: usize): void {
  memory.fill(p, 7, 100);
}
export function copyFrom(p: usize): void {
  memory.copy(1 << 20, p, 100);
}
export function copyTo(p: usize): void {
  memory.copy(p, 1 << 20, 100);
}
