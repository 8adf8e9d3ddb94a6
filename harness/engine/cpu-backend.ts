import "@tensorflow/tfjs-backend-cpu";
import { env, findBackend } from "@tensorflow/tfjs-core";

/*
 * tfjs's plain JavaScript backend, always there. On its first use in Node it prints an advertisement for another
 * package, except in production mode: so it is used once in that mode here.
 */
const cpu = findBackend("cpu");
const production = env().getBool("PROD");
env().set("PROD", true);
cpu.disposeData(cpu.write(new Float32Array(1), [1], "float32"));
env().set("PROD", production);
