export { Driver, type Verdict } from "../machine/driver.ts";
