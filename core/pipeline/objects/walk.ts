import { boxedValue, isBoxed } from "./boxed.ts";
import { writeInteger, writeLetters, writeNumber } from "./numbers.ts";
import type { Place, Shape } from "./shape.ts";
import { writeBase64, writeString } from "./strings.ts";
import { SLACK, type Text } from "./text.ts";

// Little-endian words.
const NULL = 0x6c6c756e;
const TRUE = 0x65757274;
const FALS = 0x736c6166;

/** Position of a value that is left out: `undefined`, functions, symbols. */
const NOTHING = -1;
/** Depth from which on an object is looked for among those it lies in: a cycle gets there soon. */
const SUSPICIOUS_DEPTH = 64;

/** What an object's prototype says of it; of one that is `inheriting`, `for in` gives more than its own fields. */
type Kind = "plain" | "inheriting" | "map" | "set" | "boxed";

/** Writes values as JSON in UTF-8 in one walk: as `JSON.stringify`, and bigint as digits, the bytes of an ArrayBuffer view
 *  as base64, Map as an object, Set as an array. Where objects are expected to have the keys of those before (`Shape`),
 *  keys are copied, four bytes at a time. All methods write at `p` and return the position behind what they wrote. */
export class Walk {
  readonly text: Text;
  /** The objects around the one at hand, by depth. */
  private readonly around: object[] = [];
  private readonly kinds = new Map<object, Kind>();
  /** The prototype of `{}`, unless fields were added to it. */
  private plain: object | undefined;

  constructor(text: Text) {
    this.text = text;
  }

  /** Forgets what is known of prototypes and objects: others may have changed them. */
  begin(): void {
    this.kinds.clear();
    this.around.length = 0;
    this.plain = hasFields(Object.prototype) ? undefined : Object.prototype;
  }

  /** Any value; what JSON has no word for is null.
   *  @throws what a getter or `toJSON` throws, TooLong, RangeError when it lies too deep, TypeError for a cycle */
  whole(value: unknown, place: Place, p: number): number {
    const end = this.value(value, place, p, 0, "");
    return end === NOTHING ? this.word(NULL, p) : end;
  }

  private word(word: number, p: number): number {
    if (p + SLACK > this.text.size) this.text.grow(p, SLACK);
    this.text.view.setInt32(p, word, true);
    return p + 4;
  }

  private value(value: unknown, place: Place, p: number, depth: number, key: string | number): number {
    switch (typeof value) {
      case "string":
        return writeString(this.text, value, p);
      case "number":
        if (p + SLACK > this.text.size) this.text.grow(p, SLACK);
        return writeNumber(this.text, value, place, p);
      case "boolean":
        return this.boolean(value, p);
      case "bigint":
        return this.bigint(value, p);
      case "object":
        return value === null ? this.word(NULL, p) : this.object(value, place, p, depth, key);
      case "function": {
        const { toJSON } = value as { toJSON?: unknown };
        return typeof toJSON === "function"
          ? this.given(value, toJSON as Method, place, p, depth, key)
          : NOTHING;
      }
      default:
        return NOTHING;
    }
  }

  private boolean(value: boolean, p: number): number {
    if (value) return this.word(TRUE, p);
    p = this.word(FALS, p);
    this.text.bytes[p] = 101;
    return p + 1;
  }

  private bigint(value: bigint, p: number): number {
    const digits = value.toString();
    if (p + digits.length + SLACK > this.text.size) this.text.grow(p, digits.length + SLACK);
    return writeLetters(this.text, digits, p);
  }

  private object(value: object, place: Place, p: number, depth: number, key: string | number): number {
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON !== "function" || hasOwnForm(value)) return this.inside(value, place, p, depth);
    return this.given(value, toJSON as Method, place, p, depth, key);
  }

  /** What `toJSON` returns is written in place of the value. Its own `toJSON` is not asked. */
  private given(value: object, toJSON: Method, place: Place, p: number, depth: number, key: string | number) {
    const given = toJSON.call(value, String(key));
    if (typeof given === "object" && given !== null) return this.inside(given, place, p, depth);
    return typeof given === "function" ? NOTHING : this.value(given, place, p, depth, key);
  }

  private inside(value: object, place: Place, p: number, depth: number): number {
    this.around[depth] = value;
    if (depth > SUSPICIOUS_DEPTH && this.around.indexOf(value) < depth)
      throw new TypeError("a record refers to itself");
    if (Array.isArray(value)) return this.list(value, place, p, depth);
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype === this.plain) return this.fields(value, place.shape, p, depth);
    if (ArrayBuffer.isView(value)) return writeBase64(this.text, value, p);
    switch (this.kindOf(prototype)) {
      case "plain":
        return this.fields(value, place.shape, p, depth);
      case "map":
        return this.pairs(value as Map<unknown, unknown>, place.shape, p, depth);
      case "set":
        return this.list([...(value as Set<unknown>)], place, p, depth);
      case "boxed": {
        const primitive = boxedValue(value);
        if (primitive !== undefined) return this.value(primitive, place, p, depth, "");
      }
    }
    return this.pairs(own(value), place.shape, p, depth);
  }

  private kindOf(prototype: object | null): Kind {
    if (prototype === null) return "plain";
    let kind = this.kinds.get(prototype);
    if (kind === undefined) this.kinds.set(prototype, (kind = kindOf(prototype)));
    return kind;
  }

  private fields(value: object, shape: Shape, p: number, depth: number): number {
    const { text } = this;
    const { order } = shape;
    const from = p;
    let position = 0;
    for (const key in value) {
      const field = (value as Record<string, unknown>)[key];
      let place = position < order.length ? order[position]! : undefined;
      if (place === undefined || place.key !== key) place = shape.find(key, position);
      position++;
      const begin = this.token(place, p);
      let end: number;
      if (typeof field === "string") end = writeString(text, field, begin);
      else if (typeof field === "number") {
        end =
          (field | 0) === field && field >= 0
            ? writeInteger(text, field, begin)
            : writeNumber(text, field, place, begin);
      } else if (field === null) {
        text.view.setInt32(begin, NULL, true);
        end = begin + 4;
      } else end = this.value(field, place, begin, depth + 1, key);
      if (end !== NOTHING) p = end;
    }
    return this.closed(from, p);
  }

  private pairs(pairs: Iterable<[unknown, unknown]>, shape: Shape, p: number, depth: number): number {
    const from = p;
    let position = 0;
    for (const [name, field] of pairs) {
      const key = String(name);
      const expected = shape.order[position];
      const place = expected?.key === key ? expected : shape.find(key, position);
      position++;
      const end = this.value(field, place, this.token(place, p), depth + 1, key);
      if (end !== NOTHING) p = end;
    }
    return this.closed(from, p);
  }

  /** `,"key":`, and room for a number behind it. */
  private token({ token, tokenBytes }: Place, p: number): number {
    const { text } = this;
    const { length } = token;
    if (p + length * 4 + SLACK > text.size) text.grow(p, length * 4 + SLACK);
    const { view } = text;
    for (let at = 0; at < length; at++) view.setInt32(p + at * 4, token[at]!, true);
    return p + tokenBytes;
  }

  /** The first comma becomes the brace. */
  private closed(from: number, p: number): number {
    const { text } = this;
    if (p + SLACK > text.size) text.grow(p, SLACK);
    text.bytes[from] = 123;
    if (p === from) p++;
    text.bytes[p] = 125;
    return p + 1;
  }

  private list(items: readonly unknown[], place: Place, p: number, depth: number): number {
    const { text } = this;
    const from = p;
    for (let at = 0; at < items.length; at++) {
      if (p + SLACK > text.size) text.grow(p, SLACK);
      text.bytes[p] = 44;
      const end = this.value(items[at], place, p + 1, depth + 1, at);
      p = end === NOTHING ? this.word(NULL, p + 1) : end;
    }
    p = this.closed(from, p);
    text.bytes[from] = 91;
    text.bytes[p - 1] = 93;
    return p;
  }
}

type Method = (this: unknown, key: string) => unknown;

/** Whether a value with a `toJSON` is written as what it is all the same. */
function hasOwnForm(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set;
}

function kindOf(prototype: object): Kind {
  if (is(prototype, Map.prototype)) return "map";
  if (is(prototype, Set.prototype)) return "set";
  if (isBoxed(prototype)) return "boxed";
  return hasFields(prototype) ? "inheriting" : "plain";
}

function is(prototype: object, base: object): boolean {
  return prototype === base || Object.prototype.isPrototypeOf.call(base, prototype);
}

function hasFields(prototype: object): boolean {
  for (const key in prototype) if (key !== undefined) return true;
  return false;
}

function* own(value: object): Generator<[string, unknown]> {
  for (const key of Object.keys(value)) yield [key, (value as Record<string, unknown>)[key]];
}
