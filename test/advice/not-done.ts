/** Advice that no test here carries out, with the reason, by a part of the message as it stands in the source. */
export const NOT_DONE: Readonly<Record<string, string>> = {
  // what is to be installed
  "npm ci, or reinstall simvlm": "installs a package",
  "reinstall simvlm": "installs a package",
  "reinstall sharp": "installs a package",
  "reinstall onnxruntime-node": "installs a package",
  "reinstall @tensorflow/tfjs-backend-wasm": "installs a package",
  "reinstall @tensorflow/tfjs-backend-cpu": "installs a package",
  "npm install @tensorflow/tfjs-node@4.22 (or tfjs-node-gpu)": "installs a package",
  "there is no TypeScript compiler: `npm install typescript`, or name a .js file": "installs a package",
  "`pip install jupyterlab` installs the one, `sudo apt-get install jupyter-notebook` the other.": "installs a package",
  "Install the version that it asks for, so that both share one: npm ls onnxruntime-node shows them.":
    "installs a package",
  "Download it with: hf download ……": "needs the network; model-folder.test.ts reads what it leaves",
  // other programs
  "it is a tar archive of the first versions of PyTorch: load and save it again": "needs PyTorch",
  "its storage … is cut off: fetch the file again":
    "as with safetensors; a file of PyTorch 1.5 is 64 bytes shorter in pytorch.test.ts",
  "its … is no tensor: save the state_dict alone": "needs PyTorch",
  "which torch.save does not do: load and save it again": "needs PyTorch",
  "Save the table as CSV or TSV": "needs a spreadsheet; recognized-results.test.ts reads CSV and TSV",
  "Write it as JSON or CSV in Python.": "needs Python; recognized-results.test.ts reads both",
  "Write it as Parquet, CSV or JSON.": "needs another program; recognized-results.test.ts reads all three",
  "Fetch the file itself, not the page that shows it.": "needs the network",
  "The prompt has … tokens, and there is room for …. Make it shorter.": "in a browser; see model-page.slow.test.ts",
  // what a process cannot do to itself, or in the time of a test
  "There is no machine of that name: look whether the address is right.": "needs a name server",
  "It takes no system message: send its text at the beginning of the user's.":
    "endpoint-options.test.ts does so, with --join-system and --adapt",
  "There is no home folder: set the variable HOME to one.":
    "needs a user whom the system does not know; see home.test.ts",
  "press Ctrl-C again to stop at once": "process.test.ts and run-endpoint.test.ts send the signals",
  "The … […] tensor is kept on the GPU; copy it with download() to read it.": "needs a GPU; see webgpu.test.ts",
  "Try the provider cpu; if they differ there too, this is a bug.": "needs a provider that computes wrongly",
  "gather with batch dimensions has no gradient here; use oneHot and matMul.":
    "for who adds a model; gradients.test.ts has both",
  "Files of one name must lie close together": "takes 20,000 files; see streams.test.ts",
  "Only JSON and JSON lines may be that long: split the file.": "takes 256 MiB; see limits.test.ts",
  "write it again with smaller row groups.": "takes a gigabyte",
  "--labels asks for … pictures, but … has only …: ask for fewer, or name other --data.":
    "label-curve.test.ts asks for as many as there are",
  "has a study of another recipe, which … says. Continue it with that one, or choose another folder.":
    "ablate.test.ts continues it with its own",
  "… already holds a demo of … pictures with seed …. Choose another --out, or remove it.":
    "takes minutes; see demo.test.ts",
  "their ids or texts have changed since it was begun. Put the data back as they were, or choose another folder.":
    "git-finetuning.test.ts puts them back",
  "Start again in another folder.": "see states.test.ts, which damages all states",
  "The checkpoint of … is gone or has changed: say where it is now.":
    "report.test.ts names another place with --checkpoint",
  "as … calls it: outputs are known of …. Give it to compare them.": "needs published weights and COCO's photograph",
  "Name them in the data, or train without pictures.": "finetuning.test.ts trains without",
  "is trained without dropout and stochastic depth, but … and … are asked for. Leave them out.":
    "needs a family that is trained without noise; git-finetuning.test.ts takes a GIT's away",
  "train it on answers that are generated.": "needs a family that can be trained and has no heads: none of ours",
  "The batch has neither images nor prefix tokens; give at least one of them.": "parts.test.ts gives one or the other",
  // what is done beside the code that says it
  "Give it the answer: {": "stdin.test.ts of the kernel gives it",
  "Download them first, with img2dataset say, and name the folder of its .tar files.":
    "needs the network; parquet-pairs.test.ts",
  "Say which: name the columns of pictures and of texts.": "parquet-pairs.test.ts names them",
  "replaces it.": "the runner's tests of parameters give one",
  "Add … where simvlm is installed: npm install --ignore-scripts …": "installs a package",
  "look whether this machine's clock is right.": "sets a machine's clock",
  "use the name in the address that it was made for.": "needs a name that another machine knows",
  "give the certificate, or that of the authority that signed it, as a PEM file.":
    "the tests of endpoints' certificates give it",
  "more than … minutes are not waited for. What has been answered is kept; run the same command then.": "takes minutes",
  "run the same command when there is some again.": "needs an account at a server",
  "put a user name and a password into its address, HTTP_PROXY or HTTPS_PROXY.": "the tests of proxies give them",
  "send those of an example as one, side by side.": "request.test.ts",
  "It does not take the parameter …, or not with that value: leave it out, or set another.": "request.test.ts",
  "it was stopped before it was finished: continue it": "as with comparisons of unfinished runs",
  "… examples failed: run it again": "as with comparisons of runs with failures",
  "Give such a name, or a folder.": "the tests of submissions give both",
  "…. Name one of ….": "the tests of submissions name each",
  "Check that the run is of its data set.": "the tests of submissions have both",
  "… cannot be read: …. Check the path.": "needs a folder that nobody may read",
  "…: there are no bytes in the file. Fetch it again.": "as with other files that are cut short",
  "……: not JSON: …. Fetch the file again.": "as with other files that are cut short",
  "npm install PACKAGE, in a terminal": "installs a package",
  "press Shift+Tab on it": "the kernel's tests ask for what Shift+Tab shows",
  "There is no …(…) here. Write ….": "the kernel's tests of magics run what is to be written",
  "is no METEOR 1.5: …. Name an installed pycocoevalcap": "meteor-data.test.ts names all of them",
  "put them beside the jar. Without them METEOR is another metric.":
    "meteor-data.test.ts has a jar with them and without",
  "Install them again with `simvlm metrics install meteor`.": "meteor-data.test.ts damages and installs them",
  "as a zip archive it is damaged or cut off (…). Fetch it again.": "as with other files that are cut short",
  "Put back those that were there, or make the run anew in another folder.": "runs/pictures.test.ts puts them back",
  "changed after the run was finished: verify the run, or make it anew": "as with runs that verify refuses",
  "does not say what its pictures show: looked for …. Put COCO's instances there.": "chair.test.ts has them there",
  "does not say what its pictures show: name COCO's instances, too.": "chair.test.ts names them",
  "it holds only what is asked. Give the file that has them": "score.test.ts gives the file that has them",
  "give them as the table meteor.": "the tests of METEOR give it",
  "are not there, or are none: …. Say which folder they lie in.": "clipscore.test.ts says it",
  "Name the folder of a CLIP.": "clipscore.test.ts names it",
  "fetches the one that papers use, which is found by itself.": "needs the network; clipscore.test.ts puts one there",
  "give one as the table …": "the tests of CLIPScore give it",
  "name one that has the jars of CoreNLP": "spice-data.test.ts names folders that have them",
  "is no SPICE: it has no …. Name an installed pycocoevalcap": "spice-data.test.ts names all of them",
  "as a jar it is damaged or cut off. Fetch it again.": "as with other files that are cut short",
  "Install it again with `simvlm metrics install spice`.": "spice-data.test.ts damages and installs it",
  "SPICE needs Java, 11 or later: …. Install one": "installs a program",
  "SPICE's program does not run here: …. Look at Java": "no machine is broken in a known way",
  "What it says of other captions is kept. If this caption": "cli/spice.test.ts allows more memory and time",
  "There is no program mvn on the PATH: install Maven": "installs a program",
  "Maven could not fetch CoreNLP": "fetches from elsewhere",
  "give it as the table spice.": "the tests of SPICE give it",
  "This is not the whole address: open the one that simvlm serve printed.": "serve/server.test.ts opens it",
  "Go back and tick those that are to be compared.": "serve/server.test.ts asks with some",
  // needs a cluster
  "--shard is what each task is given: leave it out, and say --shards.": "submit-slurm.test.ts says --shards",
  "--… is given a value already: leave out one of them.": "submit-slurm.test.ts gives one of them",
  "No job can be called after …: give them another --name.": "submit-kubernetes.test.ts gives one",
  "Nothing was submitted for …. Check the path.": "submit-slurm.test.ts names what was submitted",
  "is being worked on by the jobs …. Wait for them, or cancel them first.": "slurm.slow.test.ts cancels and waits",
  "There is no program … here. Give the command where jobs are handed in.": "needs another machine",
  "Ask for … again, or choose another folder.": "submit-slurm.test.ts asks for as many again",
  "Give those that it was begun with, or choose another folder.": "submit-slurm.test.ts gives the same options",
  "Compare the runs without a report, or make them of smaller files.": "takes 256 MiB",
};

/** Texts that only look like advice. */
export const NO_ADVICE: readonly string[] = [
  "Ask models:",
  "Score and compare:",
  "As a page to open and pass on: …",
  "Remove what `install` wrote.",
  "…, split …",
  "the runs' data, split …",
  "score between low and high: how much the choice of the examples matters.",
];
