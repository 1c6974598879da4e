// @ts-check
/** Fuzzy ranking of short labels; pure, so that it can be tested by itself. */

/** How well `query` matches `text`: 0 not at all, else higher is better.
 * @param {string} query @param {string} text */
export function score(query, text) {
  const wanted = query.toLowerCase();
  const low = text.toLowerCase();
  const at = low.indexOf(wanted);
  if (at >= 0) {
    const atWord = at === 0 || low[at - 1] === " ";
    return 1000 - at * 2 - text.length / 10 + (atWord ? 200 : 0);
  }
  let matched = 0;
  let gaps = 0;
  for (let i = 0; i < low.length && matched < wanted.length; i++) {
    if (low[i] === wanted[matched]) matched++;
    else if (matched) gaps++;
  }
  return matched === wanted.length ? Math.max(400 - gaps * 8, 1) : 0;
}

/** @template {{ label: string }} T @param {string} query @param {T[]} items
 * @returns {{ close: T[], far: T[] }} best first: holding the text, and only resembling it */
export function rank(query, items) {
  const hits = items.map((item) => ({ item, points: score(query, item.label) }))
    .filter((hit) => hit.points > 0)
    .sort((a, b) => b.points - a.points);
  return {
    close: hits.filter((hit) => hit.points > 400).map((hit) => hit.item),
    far: hits.filter((hit) => hit.points <= 400).map((hit) => hit.item),
  };
}
