"""Freezes what dlt does with names, timestamps, numbers in text and hashes into test/data/leaves/*.json, and a sample
of published number vectors into test/data/numbers.

    python test/oracle/leaves.py [--out DIR] [--scale N] [--seed S]

Needs `pip install dlt==1.31.0`. Every value is made from the seed, so the files only change with dlt or with this
script. `--scale` multiplies the counts for a longer comparison that is not kept."""

import argparse
import base64
import hashlib
import hmac
import json
import math
import pathlib
import random
import struct
import sys
import unicodedata
from decimal import Decimal, localcontext

import dlt
from dlt.common.data_types.type_helpers import coerce_value
from dlt.common.normalizers.naming.snake_case import NamingConvention
from dlt.common.schema.detections import is_iso_timestamp
from dlt.common.time import UNIX_EPOCH_DATE, datetime_to_timestamp_us, ensure_pendulum_date, normalize_timezone

ROOT = pathlib.Path(__file__).resolve().parents[2]
args = argparse.ArgumentParser()
args.add_argument("--out", type=pathlib.Path, default=ROOT / "test/data/leaves")
args.add_argument("--scale", type=int, default=1)
args.add_argument("--seed", type=int, default=20261122)
args = args.parse_args()
rng = random.Random(args.seed)


def freeze(name, rows, **more):
    head = {"dlt": dlt.__version__, "python": sys.version.split()[0], "unicode": unicodedata.unidata_version, **more}
    body = ",\n".join(json.dumps(row, ensure_ascii=True, separators=(",", ":")) for row in rows)
    text = json.dumps(head)[:-1] + f', "rows": [\n{body}\n]}}\n'
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / f"{name}.json").write_text(text, encoding="ascii")
    print(name, len(rows), len(text))


def mutate(text, alphabet):
    """One to three random edits."""
    chars = list(text)
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(0, len(chars))
        kind = rng.randrange(4)
        if kind == 0:
            chars.insert(at, rng.choice(alphabet))
        elif kind == 1 and chars:
            chars.pop(at - 1)
        elif kind == 2 and chars:
            chars[at - 1] = rng.choice(alphabet)
        elif chars:
            other = rng.randrange(len(chars))
            chars[at - 1], chars[other] = chars[other], chars[at - 1]
    return "".join(chars)


# ---- names
def naming_rows():
    fixed = """HTTPServer iPhone12Pro $ref é 日本語 _ __ ___ +1 -1 ٣abc user__id __x__ a__ b___empty x____y aBcDe ABc A AB ab1C
        1a 1A a-b-- a*+@|b |A @B +C *Dd a|Bc a@Bc éAb Éab a٣Bc ٣Abc A٣b 𝟘Xy x+Y reactions__-1 reactions__+1 _dlt_id
        camelCaseXMLHttp İstanbul ﬁne ß ____ _a_ __a __1 1__2 a__1B""".split()
    fixed += ["", " ", "  a b ", "\u00a0x\u3000", "a\n", "\x1fa\x1c", "\u200ba", "a  -  b", " __ ", "a __ b", "a\u2028", "\t_\t"]
    fixed.append("she played cello well")
    letters = list("aabcdxyzABCDXYZ0123456789____--++*@|  .$/é日İſK٣𝟘५\u00a0\u3000\x1f\t'\"ß")
    texts = fixed + ["".join(rng.choices(letters, k=rng.randint(1, 24))) for _ in range(1500 * args.scale)]
    texts += ["".join(rng.choices(letters, k=rng.randint(20, 140))) for _ in range(180 * args.scale)]
    plain, rows = NamingConvention(), []
    for text in texts:
        try:
            one = plain.normalize_identifier(text)
        except ValueError:
            one = ""
        limit = rng.choice([10, 20, 33, 63, 64])
        short = NamingConvention(limit)
        blank = not text or text.isspace()
        path = "_empty" if blank else plain.normalize_path(text) or "_empty"
        cut = "_empty" if blank else short.normalize_path(text) or "_empty"
        rows.append([text, one, path, limit, cut, short.shorten_identifier(one, text, limit)])
    return rows


# ---- times
def attempt(to_type, from_type, value):
    """The coerced value as integers of the target, None where dlt fails in any way."""
    try:
        result = coerce_value(to_type, from_type, value)
        if to_type == "timestamp":
            return str(datetime_to_timestamp_us(normalize_timezone(result, True)))
        if to_type == "time":
            return str(((result.hour * 60 + result.minute) * 60 + result.second) * 10**6 + result.microsecond)
        return result
    except Exception:
        return None


def random_time_text():
    year = rng.choice([rng.randint(1950, 2050)] * 6 + [rng.randint(0, 30), rng.randint(9990, 9999), 1, 9999, 2000, 1900, 2020, 2024])
    month, day = rng.randint(1, 12), rng.randint(1, 31 if rng.random() < 0.5 else 28)
    if rng.random() < 0.03:
        month, day = rng.choice([0, 13, month]), rng.choice([0, 32, day])
    week, weekday, ordinal = rng.randint(0, 54), rng.randint(0, 8), rng.randint(0, 367)
    date = rng.choice([f"{year:04}-{month:02}-{day:02}"] * 5 + [f"{year:04}{month:02}{day:02}"] * 2 + [
        f"{year:04}-W{week:02}-{weekday}", f"{year:04}W{week:02}{weekday}", f"{year:04}-W{week:02}", f"{year:04}W{week:02}",
        f"{year:04}-{ordinal:03}", f"{year:04}{ordinal:03}", f"{year:04}-{month:02}", f"{year:04}{month:02}", f"{year:04}",
        f"{year:04}/{month:02}/{day:02}", f"{year:04}:{month:02}:{day:02}", f"{year:04}/{month:02}{day:02}", ""])
    h, m, s = rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59)
    if rng.random() < 0.05:
        h, m, s = rng.choice([24, 25, h]), rng.choice([60, 0, m]), rng.choice([60, 0, s])
    part = rng.choice(["", "", ".5", ",123", ".123456", ".1234567", ".000001", ".999999999", "." + str(rng.randint(0, 10**12)), "|5"])
    time = rng.choice([f"{h:02}:{m:02}:{s:02}{part}"] * 5 + [f"{h:02}{m:02}{s:02}{part}"] * 2 + [
        f"{h:02}:{m:02}", f"{h:02}{m:02}", f"{h:02}", f"{h}:{m}", f"{h}:{m}:{s}{part}", ""])
    sign = rng.choice("+-")
    oh, om = rng.randint(0, 15), rng.choice([0, 30, 45, rng.randint(0, 99)])
    if rng.random() < 0.05:
        oh = rng.randint(20, 99)
    zone = rng.choice(["", "Z", "Z", f"{sign}{oh:02}:{om:02}", f"{sign}{oh:02}{om:02}", f"{sign}{oh:02}", f"{sign}{oh:02}:"])
    return date + rng.choice(["T", "T", "T", " ", " ", "", "t", "  "] if time else [""]) + time + zone


def date_of(text):
    """The slow path of dlt: its fast one, `date.fromisoformat`, lets two characters follow YYYYMMDD, which reads the
    epoch 1701010000 as the year 1701."""
    try:
        return ensure_pendulum_date(text).toordinal() - UNIX_EPOCH_DATE.toordinal()
    except Exception:
        return None


def time_rows():
    fixed = """2022-05-10T03:41:31Z 2022-05-10 2022 2022-05 202205 20220510 2022/05/10 2022-05-10T24:00 2022-05-10T24:00:00Z
        2022-05-10T10:30+02: 2022-05-10T10:30+24:00 2022-05-10T10:30-23:59 2022-05-10T10:30-24:01 2022-05-10T10 2022-05-10T
        2022-W05-3T10:00 2022W053T10 2022-W00T10:00 2022-W05-0T10:00 2022-W53T10:00 2020-W53-7T10:00 9999-W52-7T10:00
        0000-01-01T00:00 0001-01-01T00:00+02:00 9999-12-31T23:59:59-02:00 0001-W01-1T00:00 0000-W53-1T10:00 0000-W52-7T10
        2022-130T10:00:00 2022-366T10:00 2024-366T10:00 T10:30 10:30 10:30:00 10:30:00+02:00 T1030 T10:30:00 T103000 T10
        2022-05-10t10:30 P1D P1DT2H 2022-05-10T23:59:60Z 20220510T034131 20220510T03:41:31 2022-05-10T034131 1652140800
        1652140800.5 -1 1e9 nan inf 12 1234 12345 1_0 202210:30 20221:30 2022-05-10T10:30:00.12345678901234567890
        2022-05-10T10:30:00Z/2022-05-11T10:30:00Z 253402300799 253402300800 -62135596800 -62135596801 1.0000005 1.0000015
        23:59:59.999999-23:59 10:30+24:00 ٢٠٢٢/٠٥/١٠ ١٢:30""".split()
    fixed += ["", " ", "2022/05/10 10:30", "2022/05/10 10:", "2022 1:", "2022 1:1", "2022/05/10 1:3:2", "٢٠٢٢/٠٥/١٠ 10:30", " 10:30",
        "2022-05-10 ", " 2022-05-10T10:00", "2022-05-10T10:00 ", "2022-05-10 10:30:00 +02:00", "20220510 10:30:00|5",
        "2022-05-10T10:30\x00", "2022-05-10T10:30:00Z\x00", "2022/05/1010:30", " 12 ", "１２", "2022 10:30", "Thu, 01 Dec 1994 16:00:00 GMT"]
    alphabet = list("0123456789012345678901234567890123456789--::TTZ +/.,W|P_e\x00é٣")
    texts = fixed + [random_time_text() for _ in range(1900 * args.scale)]
    texts += [mutate(random_time_text(), alphabet) for _ in range(1300 * args.scale)]
    rows = []
    for text in dict.fromkeys(texts):
        timestamp = attempt("timestamp", "text", text)
        detected = is_iso_timestamp(str, text) is not None
        rows.append([text, int(detected), timestamp, date_of(text), attempt("time", "text", text)])
    return rows


def epoch_rows():
    numbers = [0, 1, -1, -62135596800, -62135596801, 253402300799, 253402300800, 2**53, 2**62, -(2**63)]
    numbers += [rng.randint(-63000000000, 254000000000) for _ in range(200 * args.scale)]
    doubles = [-62135596800.0, -62135596800.5, 253402300799.5, 253402300799.99997, 253402300800.0, 1.0000005, 1.0000015, 1.0000025,
        -1.5, -5e-07, -1.5e-06, 1e300, -1e300, math.inf, math.nan, 0.1, -0.1, 1652140800.123456]
    doubles += [rng.uniform(-63000000000, 254000000000) for _ in range(200 * args.scale)]
    doubles += [rng.randint(0, 2 * 10**9) + rng.randint(0, 2 * 10**6) / 2e6 for _ in range(200 * args.scale)]
    rows = []
    for n in numbers:
        stamp = attempt("timestamp", "bigint", n)
        text = None if stamp is None else coerce_value("text", "timestamp", coerce_value("timestamp", "bigint", n))
        rows.append(["int", str(n), stamp, text])
    for d in doubles:
        stamp = attempt("timestamp", "double", d)
        text = None if stamp is None else coerce_value("text", "timestamp", coerce_value("timestamp", "double", d))
        rows.append(["double", repr(d), stamp, text])
    return rows


# ---- numbers, truth values and bytes in text
def bits(value):
    return "nan" if math.isnan(value) else struct.pack(">d", value).hex()


def unscaled(value, precision, scale):
    """The i128 of a finite decimal that fits exactly, as text."""
    if value is None or not value.is_finite():
        return None
    if value == 0:
        return "0"
    with localcontext() as context:
        context.prec = 10000
        if abs(value.adjusted()) > 500:
            return None
        shifted = value.scaleb(scale)
        if shifted != shifted.to_integral_value() or abs(shifted) >= 10**precision:
            return None
        return str(int(shifted))


def random_number_text():
    digits = "".join(rng.choices("0123456789", k=rng.choice([1, 2, 5, 10, 17, 18, 19, 20, 25, 38, 39, 45])))
    kind = rng.randrange(9)
    if kind == 0:
        return rng.choice(["", "-", "+"]) + digits
    if kind == 1:
        return rng.choice(["0x", "0x", "0x-", "0X", " 0x "]) + "".join(rng.choices("0123456789abcdefABCDEF", k=rng.choice([1, 2, 8, 15, 16, 17, 31, 32, 33, 60])))
    if kind == 2:
        return rng.choice(["", "-"]) + digits[:3] + "_" + digits[3:9]
    if kind == 3:
        return "".join(rng.choice(["٠١٢٣٤٥٦٧٨٩", "0123456789"])[int(c)] for c in digits[:12])
    if kind == 4:
        return rng.choice([" ", "\t", "\u00a0", "\u3000", "\n"]) + digits + rng.choice([" ", "\u2009", ""])
    point = rng.randint(0, len(digits))
    text = rng.choice(["", "-", "+"]) + digits[:point] + "." + digits[point:]
    if kind > 5:
        text += rng.choice("eE") + rng.choice(["", "-", "+"]) + str(rng.choice([0, 1, 2, 5, 9, 20, 38, 300, 320, 400]))
    if kind == 8:
        text += "0" * rng.randint(0, 30) if "e" not in text.lower() else ""
    return text


def text_rows():
    fixed = """1_000 1__0 0x1F 0xg 0x 0x-5 -0x5 0x_5 0x5_5 0x5__5 0x5_ +5 ++5 ١٢ 12.0 1e3 9223372036854775807 9223372036854775808
        -9223372036854775808 -9223372036854775809 0X1F 0b1 00012 _1 1_ 0x+5 0x0x5 0x0X_5 0x0x 0x٣ 0x٣_٣ 0xffffffffffffffff 0x7fffffffffffffff
        0x-8000000000000000 0x8000000000000000 １２ nan NaN -nan inf -Infinity +inf infinity iNf sNaN nan123 1e400 -1e-400 1_0.5 1._5
        1_.5 .5 5. 1e5_0 1e_5 ١.٥ 1e٣ 0x1p3 1.5f --1 1e e5 . -. -.5e-3 1.5E+3 in infin Infinity1 0e99999 -0 -0.0 0x0 00 -00.00e0
        true yes no 0x20000000000001 0x20000000000003 0x1000000000000080000000000000001 1e-9 1e-10 1.000000000000 123456789012345678901234567890
        1234567890123456789012345678.123456789 99999999999999999999999999999.999999999 100000000000000000000000000000 1e28 1e29
        9007199254740993 0.1 1e22 1e23 179769313486231580793728971405301e276 4.9e-324 2.4703282292062327208e-324""".split()
    fixed += ["", " ", " 12 ", "\u00a012\u3000", "1 2", "- 5", "0x 5 ", "1\x00", "0x" + "f" * 300, "0x" + "f" * 256, "1" * 400, "0." + "0" * 400 + "1",
        "0x1" + "0" * 255, "\u20031_2\u2003", "0x\u30005", "0x\u3000_5", "٣_3", "1" + "0" * 30 + "e-30"]
    alphabet = list("0123456789..eE+-__x0af \u00a0٣\x00én")
    texts = fixed + [random_number_text() for _ in range(1500 * args.scale)]
    texts += [mutate(random_number_text(), alphabet) for _ in range(700 * args.scale)]
    rows = []
    for text in dict.fromkeys(texts):
        integer = attempt("bigint", "text", text)
        if integer is not None and not -(2**63) <= integer < 2**63:
            integer = None
        double, decimal = attempt("double", "text", text), attempt("decimal", "text", text)
        precision, scale = rng.choice([(38, 9), (38, 9), (38, 0), (10, 2), (38, 38), (18, 6)])
        rows.append([text, None if integer is None else str(integer), None if double is None else bits(double),
            precision, scale, unscaled(decimal, precision, scale)])
    return rows


def bool_rows():
    words = "yes YES True t y 1 no F 0 off on n false FALSE tRuE 1.0 İ ｙｅｓ ye yess true_ 2 nO falsee T Y N".split() + ["", " yes", "no ", "true\x00"]
    return [[word, attempt("bool", "text", word)] for word in words]


def binary_rows():
    fixed = "0x 0x0 0x00ff 0xFF 0xgg 0X00 QUJD QUI= QUI QQ== QQ= Q Q=== QUJD= QUJDQQ== -_== QQ==QQ== =QQQ ==== = é 0xé AB== 0x0_0 QR== A=== AA=A AAA== AAAA==== AAAA= AAAAA== a+/b".split()
    fixed += ["", "0x 00", "0x00 ff", "0x00\tff ", "0x0 0", "QUJD\n", " QUJD", "QU JD", "0x00\u00a0", "0x00\x0b11\x1c"]
    texts = list(fixed)
    for _ in range(150 * args.scale):
        data = rng.randbytes(rng.randint(0, 24))
        texts += [base64.b64encode(data).decode(), "0x" + (data.hex(" ") if rng.random() < 0.3 else data.hex())]
        texts += [mutate(texts[-2], list("ABCabc019+/==- \n")), mutate(texts[-1], list("0123456789abcdefABxg \t"))]
    rows = []
    for text in dict.fromkeys(texts):
        value = attempt("binary", "text", text)
        # Before 3.13 Python let `=` follow whole groups of four letters.
        letters = text.rstrip("=")
        if letters != text and len(letters) % 4 == 0 and not text.startswith("0x"):
            value = None
        rows.append([text, None if value is None else value.hex()])
    return rows


def integer_rows():
    values = [0, 1, 9, 10, 99, 100, 255, 256, 65535, 2**63 - 1, -1, -128, -129, -(2**63), 999999999, 10**9, 10**18]
    values += [rng.randint(-(2 ** rng.randint(1, 63)), 2 ** rng.randint(1, 63) - 1) for _ in range(300)]
    rows = []
    for v in values:
        binary = attempt("binary", "bigint", v)
        wide = v * rng.choice([1, 10**9, 10**19, 2**64]) + rng.choice([0, 1, -1])
        rows.append([str(v), None if binary is None else binary.hex(), str(max(-(2**127), min(2**127 - 1, wide)))])
    return rows


def double_rows():
    values = [0.0, -0.0, 1.0, 5.0, 0.1, 1e-5, 1e-4, 1e15, 1e16, 1e17, 123456789012345680.0, 1e22, 1e23, 5e-324, 2.2250738585072014e-308,
        2.225073858507201e-308, 1.7976931348623157e308, math.inf, -math.inf, math.nan, 9007199254740993.0, 0.3, 2 / 3, 1e100, 9.5e-5]
    values += [2.0**e for e in range(-1074, 1024, 3)]
    values += [math.nextafter(10.0**e, d) for e in range(-307, 308, 5) for d in (0, math.inf)]
    values += [struct.unpack("<d", rng.randbytes(8))[0] for _ in range(2500)]
    values += [rng.randint(0, 10**rng.randint(1, 17)) / 10 ** rng.randint(0, 17) for _ in range(1500)]
    values += [struct.unpack("<d", struct.pack("<Q", rng.randrange(2**52)))[0] for _ in range(500)]
    return [[bits(v), repr(v)] for v in values]


# ---- hashes
def hash_rows():
    rows = []
    for n in [0, 1, 2, 3, 4, 10, 31, 55, 56, 57, 63, 64, 65, 119, 120, 135, 136, 137, 166, 167, 168, 169, 335, 336, 337, 500]:
        data, key, size = rng.randbytes(n), rng.randbytes(rng.choice([0, 1, 32, 63, 64, 65, 200])), rng.choice([4, 10, 15, 168, 169, 400])
        rows.append([data.hex(), size, hashlib.shake_128(data).hexdigest(size), key.hex(), hmac.new(key, data, "sha256").hexdigest(),
            hashlib.sha256(data).hexdigest(), base64.b64encode(data).decode().rstrip("=")])
    return rows


def number_sample():
    """A seeded sample of the vectors, where the full set lies beside the repository."""
    source = ROOT.parent / "shared/data/oracles/numbers"
    if not source.exists() or args.scale != 1:
        return
    lines = [line for file in sorted(source.glob("*.txt")) for line in file.read_text().splitlines() if line]
    chosen = sorted(rng.sample(range(len(lines)), min(3000, len(lines))))
    target = ROOT / "test/data/numbers/parse-number-fxx.txt"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(lines[i] + "\n" for i in chosen))
    print("numbers", len(chosen), target.stat().st_size)


digit_starts = [c for c in range(0x110000) if unicodedata.category(chr(c)) == "Nd" and unicodedata.digit(chr(c)) == 0]
spaces = [c for c in range(0x110000) if chr(c).isspace()]
freeze("naming", naming_rows(), digits=digit_starts, spaces=spaces)
freeze("times", time_rows())
freeze("epochs", epoch_rows())
freeze("text-numbers", text_rows())
freeze("bools", bool_rows())
freeze("binary", binary_rows())
freeze("integers", integer_rows())
freeze("doubles", double_rows())
freeze("hashes", hash_rows())
number_sample()
