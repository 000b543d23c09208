import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ORDERS } from "./orders.ts";
import { serveData } from "./server.ts";
import { setStage } from "./stage.ts";
import { soon } from "./visit.ts";

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

  test.each([
    ["cities.csv", 'id;name\n9007199254740993;"Frankfurt; Oder"\n2;Zürich\n'],
    ["cities.tsv.gz", gzipSync("id\tname\n9007199254740993\tFrankfurt; Oder\n2\tZürich\n")],
  ])("%s: header and delimiter are found", async (name, content) => {
    const visit = await stage.shared();
    await visit.choose(name, content as Buffer);
    await visit.ready();
    expect(await visit.tables()).toEqual(["cities 2"]);
    const rows = await visit.cells(visit.page.getByRole("region", { name: "Rows of cities" }));
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      ["9007199254740993", "Frankfurt; Oder"],
      ["2", "Zürich"],
    ]);
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

  test("an address that answers slowly: the first rows are there before the last", async () => {
    let finish = () => {};
    const slow = createServer((_, response) => {
      response.writeHead(200, { "access-control-allow-origin": "*" });
      response.write(`{"n":0,"parts":[1,2]}\n`.repeat(5000));
      finish = () => response.end(`{"n":1,"parts":[3]}\n`);
    }).listen(0, "127.0.0.1");
    await once(slow, "listening");
    const visit = await stage.shared();
    await visit.address(`http://127.0.0.1:${(slow.address() as AddressInfo).port}/slow.ndjson`);
    await soon(() => visit.tables()).toEqual(["slow 100", "slow__parts 200"]);
    finish();
    await visit.ready();
    expect(await visit.tables()).toEqual(["slow 5,001", "slow__parts 10,001"]);
    slow.close();
  });

  test("an address; the request to it is named, and nothing went with it", async () => {
    const data = await serveData({ "/v1/orders.ndjson": { body: ORDERS, open: true } });
    const visit = await stage.shared();
    await visit.address(`${data.url}v1/orders.ndjson`);
    await visit.ready();
    expect(await visit.tables()).toEqual(["orders 3", "orders__lines 3"]);
    await visit.page.getByRole("button", { name: "0 bytes sent" }).click();
    expect(await visit.page.locator("#sent-list li").allInnerTexts()).toContain(
      `GET ${data.url}v1/orders.ndjson 0 bytes sent`,
    );
    data.close();
  });

  test("an address without an ending: its content type says that it is CSV", async () => {
    const body = "id,name\n1,Ada\n2,Grace\n";
    const data = await serveData({ "/people": { body, open: true, type: "text/csv; charset=utf-8" } });
    const visit = await stage.shared();
    await visit.address(`${data.url}people?format=csv`);
    await visit.ready();
    expect(await visit.tables()).toEqual(["people 2"]);
    data.close();
  });

  test("a link, dropped, is its address; text that is dragged within the page or into a field is left alone", async () => {
    const data = await serveData({ "/v1/orders.ndjson": { body: ORDERS, open: true } });
    const visit = await stage.shared();
    const { page } = visit;
    const carrying = (text: string) =>
      page.evaluateHandle((text) => {
        const transfer = new DataTransfer();
        transfer.setData("text/plain", text);
        return transfer;
      }, text);
    await page.dispatchEvent("footer", "drop", {
      dataTransfer: await carrying(`${data.url}v1/orders.ndjson`),
    });
    await soon(() => visit.tables()).toEqual(["orders 3", "orders__lines 3"]);
    await visit.ready();
    const text = await carrying("select,1");
    await page.dispatchEvent("#address", "drop", { dataTransfer: text });
    await page.dispatchEvent(".foot p", "dragstart", { dataTransfer: text });
    await page.dispatchEvent(".foot p", "drop", { dataTransfer: text });
    await page.dispatchEvent(".foot p", "dragend", { dataTransfer: text });
    expect(await visit.tables()).toEqual(["orders 3", "orders__lines 3"]);
    await page.dispatchEvent(".foot p", "drop", { dataTransfer: text });
    await soon(() => visit.tables()).not.toContain("orders 3");
    data.close();
  });
});
