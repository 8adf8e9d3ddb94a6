// danfojs-node asks for this on loading, and calls it only in readExcel and toExcel.
const refuse = () => {
  throw new Error(
    "Spreadsheets need SheetJS, which is not part of this installation: save the sheet as CSV and use readCSV.",
  );
};

module.exports = new Proxy({}, { get: (_, name) => (name === "__esModule" ? false : refuse) });
