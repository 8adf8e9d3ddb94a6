const NUMERIC = ["number", "figure", "interval", "probability"];
const ROWS_WITHOUT_BOX = 30;

/** Every table of the page that has not come to life yet. */
enlivenAll(".simvlm-table", "Tabulator", (root, data) => {
  const rest = root.querySelector(".simvlm-static");
  for (const image of rest.querySelectorAll("[data-picture]")) {
    data.pictures[Number(image.dataset.picture)] = image.src;
  }
  const box = element("div");
  const search = element("input", { type: "search", placeholder: "Search all columns", "aria-label": "Search" });
  const count = element("span", { class: "count", role: "status" });
  const save = element("button", { type: "button" }, "CSV");
  save.title = "Download the rows that are shown";
  const reset = element("button", { type: "button" }, "Clear filters");
  rest.replaceWith(element("div", { class: "bar" }, search, count, reset, save), box);

  const table = new window.Tabulator(box, {
    data: data.rows.map((cells, id) => ({ id, cells, ...cells })),
    columns: data.columns.map((column, i) => defineColumn(column, i, data)),
    layout: "fitDataTable",
    columnHeaderSortMulti: true,
    headerSortTristate: true,
    headerSortClickElement: "header",
    resizableColumnGuide: true,
    placeholder: "No row fits the filters.",
    ...(data.rows.length > ROWS_WITHOUT_BOX ? { height: data.height } : {}),
  });
  table.on("dataFiltered", (_, rows) => {
    const all = data.rows.length;
    const of = rows.length === all ? "" : `${rows.length.toLocaleString("en")} of `;
    count.textContent = `${of}${all.toLocaleString("en")} ${all === 1 ? "row" : "rows"}`;
  });
  table.on("tableBuilt", () => {
    makeHeadersUsable(table);
    // Heights were measured before widths were known.
    table.redraw(true);
  });
  searchWith(search, table, data);
  reset.addEventListener("click", () => {
    search.value = "";
    table.clearFilter(true);
    for (const field of box.querySelectorAll(".tabulator-header-filter :is(input, select)")) field.value = "";
  });
  save.addEventListener("click", () => {
    const rows = table.getData("active").map(({ cells }) => cells);
    // The mark says UTF-8 to spreadsheets.
    download(`${fileNameOf(data.title)}.csv`, new Blob(["\ufeff", toCsv(data.columns, rows)], { type: "text/csv" }));
  });
});

function defineColumn(column, i, data) {
  const filter = FILTERS[column.kind];
  return {
    // Fields are the cells' places: names of columns may have dots in them, which would mean something.
    field: String(i),
    title: column.title,
    titleFormatter: () => element("span", column.hint ? { title: column.hint } : {}, column.title),
    formatter: (cell) => renderCell(cell.getValue(), column, data.pictures),
    hozAlign: NUMERIC.includes(column.kind) ? "right" : "left",
    headerHozAlign: NUMERIC.includes(column.kind) ? "right" : "left",
    vertAlign: "middle",
    cssClass: NUMERIC.includes(column.kind) ? "number" : column.kind,
    headerSort: column.kind !== "picture",
    headerSortStartingDir: NUMERIC.includes(column.kind) && column.kind !== "probability" ? "desc" : "asc",
    sorter: (a, b, _rowA, _rowB, _column, direction) => compareCells(a, b, direction),
    minWidth: 70,
    maxInitialWidth: 260,
    ...(filter && {
      headerFilter: (_cell, _onRendered, success) => {
        const field = filter.field(
          column,
          data.rows.map((cells) => cells[i]),
        );
        field.addEventListener("input", () => success(field.value.trim()));
        return field;
      },
      headerFilterFunc: (typed, cell) => typed === "" || filter.passes(typed, cell),
      headerFilterLiveFilter: false,
    }),
  };
}

/** One box for all columns: rows in which all words are found. */
function searchWith(search, table, data) {
  const texts = data.rows.map((cells) => cells.map((cell, i) => formatCell(cell, data.columns[i])).join("\n"));
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const query = search.value.trim();
      if (query === "") table.clearFilter();
      else table.setFilter(({ id }) => matchesWords(texts[id], query));
    }, 120);
  });
}

/** Columns are sorted with the keyboard, too: Tab to a title, then Enter or the space bar. */
function makeHeadersUsable(table) {
  for (const column of table.getColumns()) {
    const title = column.getElement().querySelector(".tabulator-col-title");
    if (!column.getDefinition().headerSort) continue;
    title.tabIndex = 0;
    title.setAttribute("role", "button");
    title.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      title.click();
    });
  }
}
