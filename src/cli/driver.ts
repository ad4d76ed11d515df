export { Driver, type Steps, type Verdict } from "../machine/driver.ts";
