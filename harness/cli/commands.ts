import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** What `simvlm --help` tells of a command, and what loads the rest. */
interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandUnknownOpts>;
  /** Whether plug-ins mean something to it. */
  readonly plugins?: true;
}

/** Every command, in the groups of `simvlm --help`: `simvlm score` must not wait for the libraries of the others. */
export const COMMAND_GROUPS: readonly { readonly heading: string; readonly commands: readonly CommandEntry[] }[] = [
  {
    heading: "Ask models:",
    commands: [
      {
        name: "caption",
        summary: "caption pictures",
        load: async () => (await import("./caption.js")).createCaptionCommand(),
        plugins: true,
      },
      {
        name: "attend",
        summary: "caption a picture and draw where the model looked for each word",
        load: async () => (await import("./attend.js")).createAttendCommand(),
        plugins: true,
      },
      {
        name: "run",
        summary: "predict the examples of a data set, and score them",
        load: async () => (await import("./run.js")).createRunCommand(),
        plugins: true,
      },
      {
        name: "merge",
        summary: "combine the shards of a run",
        load: async () => (await import("./merge.js")).createMergeCommand(),
        plugins: true,
      },
      {
        name: "submission",
        summary: "write a run as the results file of a test server",
        load: async () => (await import("./submission.js")).createSubmissionCommand(),
        plugins: true,
      },
    ],
  },
  {
    heading: "Score and compare:",
    commands: [
      {
        name: "score",
        summary: "score predictions against official annotations",
        load: async () => (await import("./score.js")).createScoreCommand(),
        plugins: true,
      },
      {
        name: "verify",
        summary: "check a run or a report: hash and score it again",
        load: async () => (await import("./verify.js")).createVerifyCommand(),
        plugins: true,
      },
      {
        name: "compare",
        summary: "compare runs on the same examples",
        load: async () => (await import("./compare.js")).createCompareCommand(),
        plugins: true,
      },
      {
        name: "explain",
        summary: "say why examples of a run have their scores",
        load: async () => (await import("./explain.js")).createExplainCommand(),
        plugins: true,
      },
      {
        name: "report",
        summary: "write runs and their comparison as one HTML file",
        load: async () => (await import("./report.js")).createReportCommand(),
        plugins: true,
      },
      {
        name: "serve",
        summary: "show a folder of runs in your browser, live",
        load: async () => (await import("./serve.js")).createServeCommand(),
      },
      {
        name: "diff",
        summary: "say how two reports or runs differ",
        load: async () => (await import("./diff.js")).createDiffCommand(),
        plugins: true,
      },
      {
        name: "agreement",
        summary: "say how well metrics agree with people",
        load: async () => (await import("./agreement.js")).createAgreementCommand(),
        plugins: true,
      },
      {
        name: "diversity",
        summary: "say how much several captions of a picture differ",
        load: async () => (await import("./diversity.js")).createDiversityCommand(),
      },
      {
        name: "metrics",
        summary: "list the metrics, install the data that some need",
        load: async () => (await import("./metrics.js")).createMetricsCommand(),
      },
      {
        name: "demo",
        summary: "caption new pictures zero-shot and supervised, and compare",
        load: async () => (await import("./demo.js")).createDemoCommand(),
      },
    ],
  },
  {
    heading: "Train:",
    commands: [
      {
        name: "pretrain",
        summary: "train a model on noisy image-text pairs and documents",
        load: async () => (await import("./pretrain.js")).createPretrainCommand(),
      },
      {
        name: "finetune",
        summary: "train a pretrained model on one of the tasks",
        load: async () => (await import("./finetune.js")).createFinetuneCommand(),
        plugins: true,
      },
      {
        name: "ablate",
        summary: "train variants with several seeds, and compare them",
        load: async () => (await import("./ablate.js")).createAblateCommand(),
        plugins: true,
      },
      {
        name: "label-curve",
        summary: "say how many labelled pictures zero-shot is worth",
        load: async () => (await import("./label-curve.js")).createLabelCurveCommand(),
        plugins: true,
      },
      {
        name: "toybox",
        summary: "draw and describe a miniature world to train and test in",
        load: async () => (await import("./toybox.js")).createToyboxCommand(),
      },
      {
        name: "tokenizer",
        summary: "train a vocabulary, show a text's pieces",
        load: async () => (await import("./tokenizer.js")).createTokenizerCommand(),
      },
    ],
  },
  {
    heading: "On a cluster:",
    commands: [
      {
        name: "submit",
        summary: "hand in work to Slurm or Kubernetes",
        load: async () => (await import("./submit.js")).createSubmitCommand(),
      },
      {
        name: "status",
        summary: "say how far a run is, shard by shard",
        load: async () => (await import("./status.js")).createStatusCommand(),
      },
      {
        name: "cancel",
        summary: "cancel the jobs of a run",
        load: async () => (await import("./cancel.js")).createCancelCommand(),
      },
    ],
  },
  {
    heading: "Notebooks:",
    commands: [
      {
        name: "notebook",
        summary: "run notebooks without Jupyter",
        load: async () => (await import("./notebook.js")).createNotebookCommand(),
      },
      {
        name: "kernel",
        summary: "install the TypeScript kernel for Jupyter and VS Code",
        load: async () => (await import("./kernel.js")).createKernelCommand(),
      },
      {
        name: "lab",
        summary: "start Jupyter with the TypeScript kernel",
        load: async () => (await import("./lab.js")).createLabCommand(),
      },
    ],
  },
  {
    heading: "Models and this machine:",
    commands: [
      {
        name: "inspect",
        summary: "show a model's config, parameters and hashes",
        load: async () => (await import("./inspect.js")).createInspectCommand(),
        plugins: true,
      },
      {
        name: "export",
        summary: "write a model as ONNX files",
        load: async () => (await import("./export.js")).createExportCommand(),
        plugins: true,
      },
      {
        name: "page",
        summary: "write a model as a page that runs it in a browser",
        load: async () => (await import("./page.js")).createPageCommand(),
        plugins: true,
      },
      {
        name: "doctor",
        summary: "say what works on this machine and what is missing",
        load: async () => (await import("./doctor.js")).createDoctorCommand(),
      },
      {
        name: "trim",
        summary: "remove what packages bring for other systems",
        load: async () => (await import("./trim.js")).createTrimCommand(),
      },
      {
        name: "bench",
        summary: "measure speed on this machine",
        load: async () => (await import("./bench.js")).createBenchCommand(),
      },
    ],
  },
];
