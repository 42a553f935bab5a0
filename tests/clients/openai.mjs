// Tests in other folders import the official client from here: ES modules are resolved from the importing file.
export * from "openai";
export { default } from "openai";
