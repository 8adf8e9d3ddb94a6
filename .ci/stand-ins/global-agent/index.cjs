// Only onnxruntime-node's install script asks for this, on Linux, where it goes on to download what only CUDA needs. A machine
// that reaches npm's registry alone could not install the project. Who wants CUDA says so: ONNXRUNTIME_NODE_INSTALL=cuda12.
exports.bootstrap = () => {
  if (process.env.ONNXRUNTIME_NODE_INSTALL === undefined) process.exit(0);
};
