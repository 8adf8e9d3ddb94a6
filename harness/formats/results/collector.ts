import { SimvlmError } from "@simvlm/metrics";
import type { z } from "zod";
import { requireFew } from "../../files/record-limit.js";
import { Id, isId } from "../ids.js";
import { chooseLayout } from "./columns.js";
import { describeValue, type Fields, isFields, type Layout } from "./fields.js";
import type { InOrder, ResultsForm, ResultsOptions } from "./results-form.js";

/** What is said of one example. */
export interface Result<T> {
  readonly id: string;
  readonly value: T;
  /** Of forms that say which fields may repeat what was asked. */
  readonly inOrder?: InOrder;
}

/** The place of a record, or of one of its fields, in its file: `a.json: [3].caption`. */
export type Place = (field?: string) => string;

/** Takes what is said of each example out of records, one at a time, and keeps nothing else of them. */
export class ResultsCollector<T> {
  readonly results: Result<T>[] = [];
  readonly #path: string;
  readonly #form: ResultsForm<T>;
  readonly #options: ResultsOptions;
  #layout: Layout | undefined;

  constructor(path: string, form: ResultsForm<T>, options: ResultsOptions) {
    this.#path = path;
    this.#form = form;
    this.#options = options;
  }

  /** How the records were read: `fields id and text`; undefined for the official names. */
  get said(): string | undefined {
    return this.#layout?.said;
  }

  /**
   * Says what the fields of all records are called, before the first.
   * @throws SimvlmError `wrong-schema`, `ambiguous-columns`
   */
  useColumns(names: readonly string[], place: string): void {
    const record = Object.fromEntries(names.map((name) => [name, undefined]));
    this.#layout = chooseLayout(this.#form, record, this.#options, place);
  }

  /** @throws SimvlmError `wrong-schema`, `ambiguous-columns`, `too-long` */
  take(record: unknown, place: Place): void {
    const { description, id, text, isIdOptional } = this.#form;
    if (isIdOptional && typeof record === "string") {
      this.add(this.results.length + 1, record, () => place());
      return;
    }
    if (!isFields(record)) {
      throw new SimvlmError(
        "wrong-schema",
        `${place()}: expected an object with ${id.official} and ${text.official}, found ${describeValue(record)}. ` +
          `This should be ${description}.`,
      );
    }
    this.#layout ??= chooseLayout(this.#form, record, this.#options, place());
    const said = this.#layout.id(record);
    const { field, value } = this.#layout.text(record);
    this.add(said.value, value, (which) => place(which === "id" ? said.field : field), this.#placeOf(record, place));
  }

  #placeOf(record: Fields, place: Place): InOrder | undefined {
    const { asked: names } = this.#form;
    if (!names) return undefined;
    const asked = names.map((name) => record[name]).find((value) => typeof value === "string");
    return { where: place(), isNamed: !this.#layout!.isOrdered, asked };
  }

  /**
   * @param place of the field `id` or `text`
   * @throws SimvlmError `wrong-schema`, `too-long`
   */
  add(id: unknown, text: unknown, place: (which: "id" | "text") => string, inOrder?: InOrder): void {
    requireFew(this.results.length + 1, this.#path, "predictions");
    if (!isId(id)) throw this.#misfit(Id, id, place("id"));
    const said: unknown = Array.isArray(text) && text.length === 1 ? text[0] : text; // a list of one text is that text
    const read = this.#form.value.safeParse(said);
    if (!read.success) throw this.#misfit(this.#form.value, said, place("text"));
    this.results.push({ id: String(id), value: read.data, ...(inOrder && { inOrder }) });
  }

  #misfit(schema: z.ZodType, value: unknown, place: string): SimvlmError {
    if (value === null) {
      return new SimvlmError(
        "wrong-schema",
        `${place}: nothing is there (null, or Python's NaN). Give it a text, which may be empty, or leave the record out. ` +
          `This should be ${this.#form.description}.`,
      );
    }
    const message = schema.safeParse(value).error?.issues[0]?.message ?? "";
    const problem = message.replace(/^Invalid (input|option): /, "");
    return new SimvlmError("wrong-schema", `${place}: ${problem}. This should be ${this.#form.description}.`);
  }
}
