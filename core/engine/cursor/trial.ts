// Parsing a record before it is known whether the cursor lets it in. The parser notes where it meets the cursor's member, so
// that nothing is looked for; and it makes nothing new meanwhile (columns, tables, types, nulls), so that a record that is
// left out is undone by cutting its rows off. A record that brings something new is weighed first and parsed then.
import { Field, isNull, nil, Shape } from "../layout/field";
import { E_DUPLICATE, fail } from "../scan/failure";
import { memberField, setWatched } from "../tables/shape";
import { Cursor } from "./cursor";

/** The record being parsed may be left out. */
export let onTrial: bool = false;
/** It has brought something new. */
export let metNew: bool = false;

/** To be called where something new would be made of the value at p. Returns 0: the record is weighed first. */
export function refuseNew(p: usize): usize {
  metNew = true;
  return fail(p, E_DUPLICATE);
}

/** Begins the trial of a record whose object has this shape; false when it has to be weighed first. */
export function beginTrial(c: Cursor, shape: Shape): bool {
  if (c.wait) {
    c.wait--;
    return false;
  }
  const f = watchedIn(c, shape);
  if (isNull(f)) return false;
  metNew = false;
  onTrial = true;
  setWatched(f);
  return true;
}

/** The parser is through. */
export function endTrial(): void {
  setWatched(nil<Field>());
}

/** What the trial has made is kept or cut off. */
export function closeTrial(): void {
  onTrial = false;
}

/** As long as trials are in vain, they become rarer: at most every 64th record. */
export function trialFailed(c: Cursor): void {
  c.misses = min(c.misses * 2 + 1, 63);
  c.wait = c.misses;
}

function watchedIn(c: Cursor, shape: Shape): Field {
  // Another spelling of the key would be another field.
  if (shape.escaped) return nil<Field>();
  if (c.shape != shape || isNull(c.field)) {
    c.shape = shape;
    c.field = isNull(c.path)
      ? nil<Field>()
      : memberField(shape, load<usize>(c.path.items), load<u32>(c.path.items, 4));
  }
  return c.field;
}
