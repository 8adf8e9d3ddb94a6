import type { GeneralFormat } from "../format.js";

/** The ways of keeping predictions that `readResults` recognises, whatever the task. */
export const RESULTS_FORMATS: readonly GeneralFormat[] = [
  {
    name: "the official results",
    recognisedBy: "a JSON list, or JSON lines, of records with the fields of the task's official format",
    example: '[{"image_id": 42, "caption": "a dog"}]',
    isOfficial: true,
  },
  {
    name: "records with other names",
    recognisedBy: "`id`, `index` or the name of a picture's file, and `prediction`, `text`, `response` or `output`",
    example: '{"id": 42, "prediction": "a dog"}',
  },
  {
    name: "a list in an object",
    recognisedBy: "the only list of records with an id and a text, or the one whose field is named",
    example: '{"data": {"predictions": [{"image_id": 42, "caption": "a dog"}]}}',
  },
  {
    name: "texts by id",
    recognisedBy: "an object of texts, of lists of one text (pycocoevalcap), or of records",
    example: '{"42": ["a dog"]}',
  },
  {
    name: "tables that pandas writes as JSON",
    recognisedBy:
      "the names of columns, and how pandas' `columns`, `index`, `split`, `values` and `to_dict('list')` are built",
    example: '{"image_id": {"0": 42}, "caption": {"0": "a dog"}}',
  },
  {
    name: "CSV and TSV",
    recognisedBy: "a first line that names columns, with commas, tabs or semicolons",
    example: "image_id,caption",
  },
  { name: "Parquet", recognisedBy: "its first bytes, and the names of its columns", example: "image_id, caption" },
  {
    name: "lmms-eval's logs",
    recognisedBy: "records with `doc_id`, and `filtered_resps` or `resps`",
    example: '{"doc_id": 0, "doc": {"image_id": 42}, "filtered_resps": ["a dog"]}',
  },
  {
    name: "VLMEvalKit's tables",
    recognisedBy: "`index`, `question` and `prediction`, in CSV, TSV or JSON",
    example: "index,question,answer,prediction",
  },
  {
    name: "POPE's answers",
    recognisedBy:
      "`question` and `answer`, in the order of the questions; or LLaVA's `question_id`, `prompt` and `text`",
    example: '{"question": "Is there a snowboard in the image?", "answer": "Yes"}',
  },
  {
    name: "a batch's results",
    recognisedBy: "`custom_id` and the `response` of OpenAI's batches (vLLM's, too), or the `result` of Anthropic's",
    example: '{"custom_id": "42", "response": {"body": {"choices": [{"message": {"content": "a dog"}}]}}}',
  },
  {
    name: "vLLM's outputs",
    recognisedBy: "`outputs` with `text`; ids from a field beside them, or `request_id`",
    example: '{"request_id": "42", "outputs": [{"text": "a dog"}]}',
  },
  {
    name: "a run's predictions",
    recognisedBy: "JSON lines with `id`, and `prediction` or `error`",
    example: '{"id": "42", "prediction": "a dog", "logProbability": -3.2}',
  },
];
