/** The two functions of a test framework that the suites use. */
export interface TestFramework {
  describe(title: string, body: () => void): unknown
  it(title: string, body: () => Promise<void>): unknown
}
