// The pipeline of ../http-api as an AWS Lambda function for Node 20 or later. What is uploaded is one file, and beside it
// node_modules with runlet and postgres:
//
//   npx esbuild examples/lambda/handler.ts --bundle --packages=external --platform=node --format=esm --outfile=handler.mjs
//   npm install runlet postgres && zip -r function.zip handler.mjs node_modules
//
// Set DATABASE_URL and API_TOKEN in the function's environment, and let EventBridge Scheduler invoke it every few minutes.
// A run that is about to be out of time commits what it has and returns `"complete": false`; the next one goes on there
// (resources that replace their table are read to their end). By hand, with options:
//
//   aws lambda invoke --function-name issues --payload '{"only":["issues"],"refresh":true}' out.json
//
// A function URL answers POST /run and GET /status to whoever sends the bearer token RUNLET_TOKEN.
import { secret } from "runlet";
import { lambda } from "runlet/lambda";
import { postgres } from "runlet/postgres";
import pipeline from "../http-api/pipeline.ts";

export const handler = lambda(pipeline, { to: postgres(secret("DATABASE_URL")) });
