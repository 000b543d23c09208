import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ORDERS } from "./orders.ts";
import { serveData } from "./server.ts";
import { setStage } from "./stage.ts";

const stage = setStage();

describe("giving it data", () => {
  test.each([
    ["orders.ndjson", ORDERS],
    ["orders.json", `[${ORDERS.replaceAll("\n", ",")}]`],
    ["orders.ndjson.gz", gzipSync(ORDERS)],
  ])("%s, chosen", async (name, content) => {
    const visit = await stage.shared();
    await visit.choose(name, content as Buffer);
    await visit.ready();
    expect(await visit.tables()).toEqual(["orders 3", "orders__lines 3"]);
  });

  test("two files, dropped anywhere on the page", async () => {
    const visit = await stage.shared();
    const data = await visit.page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], "orders.ndjson"));
      transfer.items.add(new File(['{"city":"Oslo"}'], "cities.json"));
      return transfer;
    }, ORDERS);
    await visit.page.dispatchEvent("footer", "drop", { dataTransfer: data });
    await visit.ready();
    expect(await visit.tables()).toEqual(["orders 3", "orders__lines 3", "cities 1"]);
  });

  test("text, pasted", async () => {
    const visit = await stage.shared();
    await visit.paste('[{"a":1,"b":[true,false]}]');
    await visit.ready();
    expect(await visit.tables()).toEqual(["pasted 1", "pasted__b 2"]);
  });

  test("an address; the request to it is named, and nothing went with it", async () => {
    const data = await serveData({ "/v1/orders.ndjson": { body: ORDERS, open: true } });
    const visit = await stage.shared();
    await visit.address(`${data.url}v1/orders.ndjson`);
    await visit.ready();
    expect(await visit.tables()).toEqual(["orders 3", "orders__lines 3"]);
    await visit.page.getByRole("button", { name: "0 bytes sent" }).click();
    expect(await visit.page.locator("#sent-list li").allInnerTexts()).toEqual([
      `GET ${data.url}v1/orders.ndjson 0 bytes sent`,
    ]);
    data.close();
  });
});
