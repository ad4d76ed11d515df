/** A module that is loaded, or was. */
export interface ModuleFacts {
  readonly name: string;
  readonly path: string;
  /** Address of struct rt_dlmodule. */
  readonly address: number;
  /** module->nref. */
  readonly nref: number;
  /** Where the module's image begins, for a debugger's add-symbol-file, and its bytes. */
  readonly image: number;
  readonly size: number;
  readonly priority: number;
  readonly stackSize: number;
  readonly library: boolean;
}
