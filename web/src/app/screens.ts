// Which piece of the program each screen comes with. A first visit loads the dashboard's alone; the others follow while nobody waits, so that
// every screen opens also when the connection is lost later, in browsers without a service worker too. What says where edits are, the outbox and the
// conflicts, is there from the beginning.
import { lazy, type ComponentType } from 'react';

type Loader = () => Promise<unknown>;
const loaders = new Set<Loader>();

function screen<Part, Name extends keyof Part>(load: () => Promise<Part>, name: Name) {
  loaders.add(load);
  // React's own type of what lazy() takes: a screen's props are known where it is used.
  // oxlint-disable-next-line typescript/no-explicit-any
  return lazy(() => load().then((part) => ({ default: part[name] as Part[Name] & ComponentType<any> })));
}

const products = () => import('../features/products/products-page');
export const AdminProductsPage = screen(products, 'AdminProductsPage');
export const SellerProductsPage = screen(products, 'SellerProductsPage');
export const ProductEditor = screen(() => import('../features/products/product-editor'), 'ProductEditor');
export const NewProductPage = screen(() => import('../features/products/new-product-page'), 'NewProductPage');
export const ProductPictures = screen(() => import('../features/pictures/product-pictures'), 'ProductPictures');
export const GridPage = screen(() => import('../features/products/grid/grid-page'), 'GridPage');

export const AdminDashboardPage = screen(() => import('../features/dashboard/admin-dashboard-page'), 'AdminDashboardPage');
export const SalesPage = screen(() => import('../features/sales/sales-page'), 'SalesPage');
const days = () => import('../features/sales/admin-sales-page');
export const AdminSalesPage = screen(days, 'AdminSalesPage');
export const NewDayPage = screen(days, 'NewDayPage');
export const SalesDayPage = screen(days, 'SalesDayPage');

export const Categories = screen(() => import('../features/categories/categories-page'), 'default');
export const Collections = screen(() => import('../features/collections/collections-page'), 'default');
export const AccountHealth = screen(() => import('../features/standing/account-health-page'), 'default');
export const LegalEntity = screen(() => import('../features/standing/legal-page'), 'default');
export const StoreInformation = screen(() => import('../features/standing/store-information-page'), 'default');
export const Voice = screen(() => import('../features/standing/voice-page'), 'default');

export const ImportPage = screen(() => import('../features/imports/import-page'), 'ImportPage');
export const PeoplePage = screen(() => import('../features/accounts/people-page'), 'PeoplePage');
export const SetUpPage = screen(() => import('../features/accounts/set-up-page'), 'SetUpPage');
export const StorePage = screen(() => import('../features/stores/store-page'), 'StorePage');
export const CreateStorePage = screen(() => import('../features/stores/create-store-page'), 'CreateStorePage');

/** Once the first screen is shown: one piece after the other. What fails to come is asked for again when its screen is opened. */
export async function loadScreens(): Promise<void> {
  for (const load of loaders) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    await load().catch(() => undefined);
  }
}

const PAUSE_MS = 50;
