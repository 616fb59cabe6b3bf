export declare const importPackages: () => Promise<void>;
