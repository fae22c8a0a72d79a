// Compares the price book with the price lists on the network: npm run prices

import { table } from "../../lib/src/show/index.ts";
import { refreshPrices } from "./refresh-prices.ts";

const { summary, changes, disagreements, problems, sources } = await refreshPrices({ online: true });
console.log(summary);
for (const { reason } of sources) if (reason !== "") console.log(reason);
for (const problem of problems) console.log(problem);
const rows = (compared: typeof changes) =>
  compared.map(({ found, bookValue, ...price }) => ({ ...price, "price book": bookValue, ...found }));
if (changes.length > 0) table(rows(changes), { caption: "Every list differs from the price book (USD)" });
if (disagreements.length > 0) table(rows(disagreements), { caption: "The lists disagree (USD)" });
