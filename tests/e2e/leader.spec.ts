import { allSent, cell, editCell, expect, isLive, openPage, test, type Shop } from './fixtures';

// The suite kills and suspends as often as fits into it; `toolchains/deep.sh --only leader` is the long run.
const KILLS = Number(process.env['SYNCSTORE_LEADER_KILLS'] ?? 8);
const SUSPENSIONS = Number(process.env['SYNCSTORE_LEADER_SUSPENSIONS'] ?? 3);
/** Longer than a silent leader is waited for. */
const SUSPENDED_MS = 4_000;

/** What became of a field, oldest first: read piece by piece while it grows. */
async function newValues(shop: Shop, product: string): Promise<unknown[]> {
  const body = await shop.admin.must('GET', `/api/history?storeId=${shop.id}&dataType=products&id=${product}&limit=200`);
  const entries = body['data'] as { kind: string; changes: { field: string; new: unknown }[] }[];
  return entries.filter((one) => one.kind === 'update').map((one) => one.changes[0]?.new).toReversed();
}

test(`the leading tab is closed ${KILLS} times in the middle of an edit, and nothing is lost or applied twice`, async ({ shop, profile }) => {
  test.setTimeout(240_000 + KILLS * 15_000);
  const { id } = shop.product(1);
  const context = await profile(shop.editor, shop);
  let leader = await openPage(context, shop.adminProducts);
  await isLive(leader);
  for (let n = 1; n <= KILLS; n += 1) {
    const follower = await openPage(context, shop.adminProducts);
    await isLive(follower);
    // One edit in each tab, and the tab that holds connection and storage is gone before anything is said of them.
    await editCell(leader, shop.product(2).id, 'price', `${n}.5`);
    await editCell(follower, id, 'price', `${n}.25`);
    await leader.close();
    leader = follower;
    await expect(cell(leader, id, 'price')).toHaveText(`${n}.25`);
  }
  await isLive(leader);
  await allSent(leader);
  // The last 200 changes are told at once; the numbers in them are all different.
  const prices = await newValues(shop, id);
  expect(prices).toEqual(Array.from({ length: KILLS }, (_, n) => `${n + 1}.25`).slice(-200));
  // The closed tab's own edit was shown as taken; it is either there once or was never confirmed by this browser.
  const others = await newValues(shop, shop.product(2).id);
  expect(new Set(others).size).toBe(others.length);
});

test(`the leading tab is suspended ${SUSPENSIONS} times in the middle of edits, and nothing is lost or applied twice`, async ({ shop, profile }) => {
  test.setTimeout(240_000 + SUSPENSIONS * 30_000);
  const { id } = shop.product(1);
  const other = shop.product(2).id;
  const context = await profile(shop.editor, shop);
  let leader = await openPage(context, shop.adminProducts);
  await isLive(leader);
  let follower = await openPage(context, shop.adminProducts);
  await isLive(follower);
  for (let n = 1; n <= SUSPENSIONS; n += 1) {
    await editCell(leader, other, 'price', `${n}.5`);
    // The worker does nothing at all for a while, as in a tab that the browser put to sleep: its lock is taken from it meanwhile.
    const asleep = leader.workers()[0]?.evaluate((until) => {
      while (Date.now() < until);
    }, Date.now() + SUSPENDED_MS);
    await editCell(follower, id, 'price', `${n}.25`);
    await expect.poll(async () => (await shop.read(id))['price']).toBe(`${n}.25`);
    await asleep;
    // It wakes as a follower and shows what the other one did; its own edit went through either of them.
    await expect(cell(leader, id, 'price')).toHaveText(`${n}.25`);
    await expect.poll(async () => (await shop.read(other))['price']).toBe(`${n}.5`);
    [leader, follower] = [follower, leader];
  }
  await allSent(leader);
  expect(await newValues(shop, id)).toEqual(Array.from({ length: SUSPENSIONS }, (_, n) => `${n + 1}.25`));
  expect(await newValues(shop, other)).toEqual(Array.from({ length: SUSPENSIONS }, (_, n) => `${n + 1}.5`));
});
