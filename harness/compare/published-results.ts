import {
  accuracyColumns,
  COCO_COLUMNS,
  MULTI30K_BLEU,
  NOCAPS_COLUMNS,
  NOCAPS_DOMAIN_COLUMNS,
} from "./paper-columns.js";
import { type PaperColumn, type PaperTable, paperRow } from "./paper-table.js";

/*
 * The results of "SimVLM: Simple Visual Language Model Pretraining with Weak Supervision" (Wang et al., ICLR 2022, arXiv
 * 2108.10904). A `u` marks a figure that could not be checked against a stored copy of the paper's text.
 */

/** After fine-tuning, beside earlier models. */
export const MAIN_TABLE: PaperTable = {
  id: "main",
  title: "After fine-tuning, beside earlier models",
  remarks: [],
  columns: [
    ...accuracyColumns("vqa", "VQA v2", ["test-dev", "test-std"], 1),
    ...accuracyColumns("nlvr2", "NLVR2", ["dev", "test-P"]),
    ...accuracyColumns("snli-ve", "SNLI-VE", ["dev", "test"]),
    ...COCO_COLUMNS,
    ...NOCAPS_COLUMNS,
    MULTI30K_BLEU,
  ],
  rows: [
    paperRow("LXMERT", "72.42 72.54 74.90 74.50 - - - - - - - - -"),
    paperRow("UNITER", "73.82 74.02 79.12u 79.98u 79.39u 79.38u - - - - - - -"),
    paperRow("OSCAR", "73.61 73.82 79.12u 80.37u - - 37.4 30.7 127.8 23.5 80.9u 11.3u -"),
    paperRow("VILLA", "74.69 74.87 79.76u 81.47u 80.18u 80.02u - - - - - - -"),
    paperRow("SOHO", "73.25 73.47 76.37 77.32 85.00u 84.95u - - - - - - -"),
    paperRow("UNIMO", "75.06 75.27 - - 81.11u 80.63u 39.6 - 127.7 - - - -"),
    paperRow("VinVL", "76.56 76.60 82.67u 83.98u - - 41.0 31.1 140.9 25.2 92.5 13.1 -"),
    paperRow("SimVLM base", "77.87 78.14 81.72 81.77 84.20 84.15 39.0 32.9u 134.8 24.0u 94.8 13.1 46.6u"),
    paperRow("SimVLM large", "79.32 79.56 84.13u 84.84u 85.68 85.62 40.3 33.4 142.6 24.7 108.5u 14.2u 47.5u"),
    paperRow("SimVLM huge", "80.03 80.34 84.53 85.15 86.21 86.32 40.6 33.7 143.3 25.4 110.3 14.5 47.6u", {
      10: "NoCaps test",
      11: "NoCaps test",
    }),
  ],
};

/** Captions without labels beside captions with them. */
export const ZERO_SHOT_TABLE: PaperTable = {
  id: "zero-shot",
  title: "Zero-shot against supervised captioning",
  remarks: [
    "The claim \"zero-shot reaches supervised quality\" rests on NoCaps; on COCO the zero-shot CIDEr is low because the captions are in a different style, which is neither the model's fault nor the scoring's.",
  ],
  columns: [...COCO_COLUMNS, ...NOCAPS_DOMAIN_COLUMNS],
  rows: [
    paperRow("SimVLM huge, supervised on COCO", "40.6 33.7 143.3 25.4 113.7 110.9 115.2 112.2"),
    paperRow("SimVLM base, zero-shot", "9.5u 11.5u 24.0u 7.5u 83.2u 84.1u 82.5u 83.5u"),
    paperRow("SimVLM large, zero-shot", "10.5u 12.0u 24.9u 8.3u 97.6u 96.5u 96.3u 96.6u"),
    paperRow("SimVLM huge, zero-shot", "11.2u 14.7u 32.2u 8.5u 101.2u 100.4u 102.3u 101.4u"),
    paperRow("UpDown, COCO-trained", "- - - - 78.1 57.7 31.3 55.3"),
  ],
};

/** Fine-tuned on text, asked about pictures. */
export const TEXT_ONLY_TRANSFER_TABLE: PaperTable = {
  id: "text-only-transfer",
  title: "Fine-tuned on text only, evaluated with the picture",
  remarks: ["With the image features masked the paper's accuracy is near chance."],
  columns: [
    ...accuracyColumns("snli-ve", "SNLI-VE", ["dev", "test"]),
    MULTI30K_BLEU,
    { name: "Multi30k METEOR", measuredOn: "Multi30k En→De", metric: "METEOR", task: "translate" },
  ],
  rows: [
    paperRow("SimVLM base", "71.35u 71.02u 15.0u 24.8u"),
    paperRow("SimVLM large", "72.85u 72.44u 17.7u 30.1u"),
    paperRow("SimVLM huge", "73.56u 73.08u 18.2u 32.6u"),
  ],
};

/** Answers that are generated. */
export const OPEN_ENDED_VQA_TABLE: PaperTable = {
  id: "open-ended-vqa",
  title: "Open-ended VQA: the answer is generated",
  answer: "generate",
  remarks: ["In-domain answers occur in the fine-tuning data, out-of-domain answers do not."],
  columns: [
    { name: "in-domain", measuredOn: "VQA v2, in-domain answers", metric: "accuracy", task: "vqa" },
    { name: "out-of-domain", measuredOn: "VQA v2, out-of-domain answers", metric: "accuracy", task: "vqa" },
    ...accuracyColumns("vqa", "VQA v2", ["overall"], 1),
  ],
  rows: [
    paperRow("SimVLM base", "78.3u 25.8u 75.2u"),
    paperRow("SimVLM large", "79.5u 29.6u 76.5u"),
    paperRow("UNITER", "74.4u 10.0u 70.5u"),
    paperRow("VL-T5", "71.4u 13.1u 67.9u"),
  ],
};

/** What is lost without a part. */
export const ABLATION_TABLE: PaperTable = {
  id: "ablations",
  title: "Ablations of a small model",
  remarks: [],
  columns: accuracyColumns("vqa", "VQA v2", ["(split not stated)"], 1),
  rows: [
    paperRow("full", "67.43"),
    paperRow("no pretraining", "49.70"),
    paperRow("decoder-only", "65.23"),
    paperRow("decoder-only with plain LM", "64.48"),
    paperRow("no image-text", "49.23"),
    paperRow("no text-only", "65.25"),
    paperRow("no conv stage", "63.11"),
    paperRow("span corruption", "66.23"),
    paperRow("2 conv blocks", "65.57"),
    paperRow("4 conv blocks", "66.55"),
    paperRow("10 % of ALIGN", "66.71"),
    paperRow("CC-3M", "63.32"),
  ],
};

const only = (name: string, measuredOn: string, metric: string): PaperColumn => ({ name, measuredOn, metric });

/** Text alone and pictures alone. */
export const SINGLE_MODALITY_TABLE: PaperTable = {
  id: "single-modality",
  title: "Text alone and pictures alone",
  remarks: [],
  columns: [
    only("CoLA", "GLUE CoLA", "Matthews correlation"),
    only("SST-2", "GLUE SST-2", "accuracy"),
    only("RTE", "GLUE RTE", "accuracy"),
    only("MRPC", "GLUE MRPC", "accuracy, the first of two figures"),
    only("MRPC F1", "GLUE MRPC", "F1, the second of two figures"),
    only("QQP", "GLUE QQP", "accuracy, the first of two figures"),
    only("QQP F1", "GLUE QQP", "F1, the second of two figures"),
    only("MNLI", "GLUE MNLI", "accuracy"),
    only("QNLI", "GLUE QNLI", "accuracy"),
    only("ImageNet", "ImageNet, linear classifier", "accuracy"),
  ],
  rows: [
    paperRow("SimVLM base", "46.7 90.9 63.9 75.2 84.4 90.4 87.2 83.4 88.6 80.6"),
    paperRow("SimVLM large", "- - - - - - - - - 82.3"),
    paperRow("SimVLM huge", "- - - - - - - - - 83.6u"),
  ],
};

/** All of them. */
export const PAPER_TABLES: readonly PaperTable[] = [
  MAIN_TABLE,
  ZERO_SHOT_TABLE,
  TEXT_ONLY_TRANSFER_TABLE,
  OPEN_ENDED_VQA_TABLE,
  ABLATION_TABLE,
  SINGLE_MODALITY_TABLE,
];
