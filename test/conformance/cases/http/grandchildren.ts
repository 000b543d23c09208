import { pipeline, resource, transformer } from "runlet";
import { pipelineCase } from "../../case.js";

const shops = resource("shops", {}, [
  { id: 1, name: "a", at: "2024-01-01T00:00:00Z", big: 9007199254740993n, price: "1.50", flag: true },
  { id: 2, name: "b", at: "2024-01-02T00:00:00Z", big: 2, price: "2.00", flag: false },
]);

const orders = transformer(
  "orders",
  {
    from: shops,
    pick: { id: "bigint", name: "text", at: "timestamp", big: "bigint", price: "decimal", flag: "bool" },
    include: ["id", "big"],
    parallel: 2,
  },
  async function* ({ id, name, at, big, price, flag }) {
    yield { order: `${name}-1`, kinds: [id, name, at, big, price, flag].map((each) => typeof each).join() };
    if (flag) yield { order: `${name}-2`, lines: [{ n: 1 }] };
  },
);

const lines = transformer("lines", { from: orders, pick: { order: "text" } }, ({ order }) => [
  { order, n: 1 },
  { order, n: 2 },
]);

export default pipelineCase({
  about: "Transformers of transformers: picked fields arrive typed, included ones become columns.",
  make: () => pipeline("family", [shops, orders, lines]),
});
