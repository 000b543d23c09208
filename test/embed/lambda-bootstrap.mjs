// What AWS's Node runtime does: asks the Runtime API for invocations, calls the handler that _HANDLER names with each, and
// reports what becomes of it (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
import { pathToFileURL } from "node:url";

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const [file, name] = process.env._HANDLER.split("#");
const { [name]: handler } = await import(pathToFileURL(file).href);

for (;;) {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const deadline = Number(next.headers.get("lambda-runtime-deadline-ms"));
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0) };
  const report = (kind, body) =>
    fetch(`${api}/invocation/${id}/${kind}`, { method: "POST", body: JSON.stringify(body) });
  try {
    await report("response", await handler(await next.json(), context));
  } catch (error) {
    await report("error", {
      errorType: error.name,
      errorMessage: error.message,
      stackTrace: error.stack?.split("\n"),
    });
  }
}
