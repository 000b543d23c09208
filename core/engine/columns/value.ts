// A scalar on its way through the cold path: what it is, and its forms.

/** K_BOOL, K_INT, K_DOUBLE, K_TEXT, K_DECIMAL (an integer beyond 64 bits) or K_JSON. */
export let valueKind: u32 = 0;
export let valueInt: i64 = 0;
export let valueDouble: f64 = 0;
/** Text: decoded. Numbers: as they stand. JSON: compact. */
export let valueText: usize = 0;
export let valueLength: u32 = 0;

export function setValue(kind: u32, text: usize, length: u32): void {
  valueKind = kind;
  valueText = text;
  valueLength = length;
}

export function setInt(value: i64): void {
  valueInt = value;
}

export function setDouble(value: f64): void {
  valueDouble = value;
}
