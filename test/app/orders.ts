/** Three orders with their lines, newline-delimited; two ids are beyond what a double holds. */
export const ORDERS = `{"id":9007199254740993,"customer":"Ada","at":"2026-01-05T10:00:00Z","lines":[{"sku":"a","n":2},{"sku":"b","n":1}]}
{"id":9007199254740995,"customer":"Grace","at":"2026-01-06T11:00:00Z","lines":[{"sku":"a","n":5}]}
{"id":3,"customer":null,"at":"2026-01-07T12:00:00Z","lines":[]}`;
